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
}

/** A table on a wide screen, cards on a narrow one. What to show for no rows at all is up to the view. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, href, rowsExpected = 8 } = props;
  return (
    <div class="table-frame">
      <table class="table" aria-busy={rows === undefined}>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
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
                <PlaceholderRow key={`placeholder-${index}`} columns={columns} />
              ))
            : rows.map((row) => (
                <tr key={rowKey(row)} class={href && "table__row--linked"}>
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

function PlaceholderRow<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <tr>
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
