import { formatCount } from "../../src/stdx/format.ts";
import { Button } from "./button.tsx";

export interface PagerProps {
  /** What is paged, as in "1 to 50 of 1,234 jobs". */
  readonly things: string;
  readonly offset: number;
  readonly count: number;
  readonly limit: number;
  readonly total: number;
  readonly onPage: (offset: number) => void;
}

/** Leads through a list whose length is known. */
export function Pager({ things, offset, count, limit, total, onPage }: PagerProps) {
  return (
    <nav class="pager" aria-label={`Pages of ${things}`}>
      <span>
        {count === 0
          ? `No ${things} here`
          : `${formatCount(offset + 1)} to ${formatCount(offset + count)} of ${formatCount(total)} ${things}`}
      </span>
      <Turns
        previous={offset > 0 ? () => onPage(Math.max(0, offset - limit)) : undefined}
        next={offset + count < total ? () => onPage(offset + limit) : undefined}
      />
    </nav>
  );
}

export interface CursorPagerProps {
  readonly things: string;
  readonly count: number;
  /** Undefined where there is no such page. */
  readonly onPrevious: (() => void) | undefined;
  readonly onNext: (() => void) | undefined;
}

/** Leads through a list that is read from cursor to cursor, whose length nobody counted. */
export function CursorPager({ things, count, onPrevious, onNext }: CursorPagerProps) {
  return (
    <nav class="pager" aria-label={`Pages of ${things}`}>
      <span>{`${formatCount(count)} ${things} on this page`}</span>
      <Turns previous={onPrevious} next={onNext} />
    </nav>
  );
}

function Turns({ previous, next }: { previous: (() => void) | undefined; next: (() => void) | undefined }) {
  return (
    <span class="row">
      <Button size="small" icon="chevronLeft" disabled={!previous} onClick={() => previous?.()}>
        Previous
      </Button>
      <Button size="small" disabled={!next} onClick={() => next?.()}>
        Next
      </Button>
    </span>
  );
}
