import "./sparkline.css";

export interface SparklineProps {
  /** What it shows, in words. */
  readonly label: string;
  readonly values: readonly number[];
}

const width = 100;
const height = 24;

/** The shape of some values over time, without axes: for beside a number. */
export function Sparkline({ label, values }: SparklineProps) {
  const top = Math.max(...values, 0);
  const points = values.map((value, index) => {
    const x = values.length < 2 ? width : (index / (values.length - 1)) * width;
    const y = top === 0 ? height : height - (value / top) * (height - 1);
    return `${x.toFixed(2)},${y.toFixed(2)}`;
  });
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {points.length > 1 && (
        <>
          <polygon class="sparkline__area" points={`0,${height} ${points.join(" ")} ${width},${height}`} />
          <polyline class="sparkline__line" points={points.join(" ")} />
        </>
      )}
    </svg>
  );
}
