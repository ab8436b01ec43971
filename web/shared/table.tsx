import type { ComponentChildren } from "preact";
import { Skeleton } from "./skeleton.tsx";
import "./table.css";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the end. */
  readonly align?: "start" | "end";
  /** `shrink` takes what its content needs, `fill` what is left, cut with an ellipsis. */
  readonly width?: "auto" | "shrink" | "fill";
  /** Has no name worth repeating where rows are cards, such as a column of buttons. */
  readonly bare?: boolean;
}

export interface TableProps<Row> {
  /** What it lists, for screen readers. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** Undefined while they are fetched: placeholders then keep their room. */
  readonly rows: readonly Row[] | undefined;
  readonly rowKey: (row: Row) => string;
  /** Where a click on a row leads; the first column holds the link. */
  readonly href?: (row: Row) => string;
  /** How many placeholders to show. */
  readonly rowsExpected?: number;
  /** Lets rows be picked, each with a checkbox before it. */
  readonly picking?: Picking<Row> | undefined;
}

export interface Picking<Row> {
  /** Keys of the rows that are picked. */
  readonly picked: ReadonlySet<string>;
  /** What a row's checkbox is called. */
  readonly label: (row: Row) => string;
  readonly onPick: (picked: ReadonlySet<string>) => void;
}

/** A table on a wide screen, cards on a narrow one. What to show for no rows at all is up to the view. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, href, rowsExpected = 8, picking } = props;
  return (
    <div class="table-frame">
      <table class="table" aria-busy={rows === undefined}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {picking && (
              <th scope="col" class="table__pick">
                <PickAll picking={picking} keys={rows?.map(rowKey) ?? []} />
              </th>
            )}
            {columns.map((column) => (
              <th key={column.key} scope="col" class={cellClass(column)}>
                {column.title === "" ? <span class="visually-hidden">Actions</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows === undefined
            ? Array.from({ length: rowsExpected }, (_, index) => (
                <PlaceholderRow
                  key={`placeholder-${index}`}
                  columns={columns}
                  picks={picking !== undefined}
                />
              ))
            : rows.map((row) => (
                <tr key={rowKey(row)} class={href && "table__row--linked"}>
                  {picking && (
                    <td class="table__pick">
                      <Pick picking={picking} row={row} id={rowKey(row)} />
                    </td>
                  )}
                  {columns.map((column, index) => (
                    <td key={column.key} data-label={column.title} class={cellClass(column)}>
                      {href && index === 0 ? (
                        <a class="table__link" href={href(row)}>
                          {column.cell(row)}
                        </a>
                      ) : (
                        column.cell(row)
                      )}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}

function Pick<Row>({ picking, row, id }: { picking: Picking<Row>; row: Row; id: string }) {
  const { picked, label, onPick } = picking;
  return (
    <input
      type="checkbox"
      class="check"
      aria-label={label(row)}
      checked={picked.has(id)}
      onChange={(event) => {
        const next = new Set(picked);
        if (event.currentTarget.checked) next.add(id);
        else next.delete(id);
        onPick(next);
      }}
    />
  );
}

function PickAll<Row>({ picking, keys }: { picking: Picking<Row>; keys: readonly string[] }) {
  const count = keys.filter((key) => picking.picked.has(key)).length;
  return (
    <input
      type="checkbox"
      class="check"
      aria-label="Pick all on this page"
      checked={count > 0 && count === keys.length}
      indeterminate={count > 0 && count < keys.length}
      disabled={keys.length === 0}
      onChange={(event) => picking.onPick(new Set(event.currentTarget.checked ? keys : []))}
    />
  );
}

interface PlaceholderRowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly picks: boolean;
}

function PlaceholderRow<Row>({ columns, picks }: PlaceholderRowProps<Row>) {
  return (
    <tr>
      {picks && <td class="table__pick" />}
      {columns.map((column) => (
        <td key={column.key} data-label={column.title} class={cellClass(column)}>
          <Skeleton width={column.width === "shrink" ? "3rem" : "70%"} />
        </td>
      ))}
    </tr>
  );
}

function cellClass<Row>({ align, width, bare }: Column<Row>): string {
  return [
    align === "end" && "table__end",
    width === "shrink" && "table__shrink",
    width === "fill" && "table__fill",
    bare && "table__bare",
  ]
    .filter(Boolean)
    .join(" ");
}
