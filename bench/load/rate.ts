import { type BenchOptions, quantile } from "../measurement.ts";
import { type LoadOptions, sendLoad } from "./load.ts";

const warmupSeconds = 1;

/** Requests per second, the median of some rounds. */
export async function requestRate(load: LoadOptions, options: BenchOptions): Promise<number> {
  await sendLoad(options.generator, { ...load, seconds: warmupSeconds });
  const rates: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) {
    const { answered, seconds } = await sendLoad(options.generator, { ...load, seconds: options.seconds });
    rates.push(answered / seconds);
  }
  return quantile(rates);
}
