/**
 * How a benchmark is written and measured.
 *
 * A benchmark is a list of contestants that do the same work in the same process run: ours, and rivals. What counts is the
 * ratio between them; an absolute time is only good beside the machine that it was measured on.
 */
import { cpus } from "node:os";
import { Bench } from "tinybench";

/** One way to do the work. */
export interface Contestant {
  readonly name: string;
  /** How many operations one call of `run` performs. */
  readonly operations: number;
  /** Does the work once; whatever it needs was prepared before. */
  run(): void;
}

export interface Benchmark {
  /** `<area>/<what>`. */
  readonly name: string;
  /** What one operation is, and what data it works on. */
  readonly about: string;
  /** Made only when the benchmark runs; the first is the reference that ratios are taken to. */
  contestants(): Contestant[] | Promise<Contestant[]>;
}

export interface Measurement {
  readonly contestant: string;
  /** Nanoseconds for one operation: the median of all rounds. */
  readonly median: number;
  /** Nanoseconds for one operation: a quarter of the rounds took at most this, three quarters at least. */
  readonly low: number;
  /** Likewise for three quarters. */
  readonly high: number;
  /** Of the medians: this one's to the reference's. */
  readonly ratio: number;
  readonly rounds: number;
}

export interface Report {
  readonly name: string;
  readonly about: string;
  readonly measurements: readonly Measurement[];
}

/** What the figures were measured on. */
export interface MachineNote {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
}

export function machineNote(): MachineNote {
  const all = cpus();
  return { node: process.version, cpu: all[0]?.model.trim() ?? "unknown", cores: all.length };
}

/**
 * Measures all contestants of a benchmark.
 *
 * @param milliseconds - at least so long for each contestant, after warming up
 */
export async function measure(benchmark: Benchmark, milliseconds: number): Promise<Report> {
  const contestants = await benchmark.contestants();
  const bench = new Bench({ time: milliseconds, warmupTime: milliseconds / 4, iterations: 5, warmupIterations: 2 });
  for (const contestant of contestants) bench.add(contestant.name, () => contestant.run());
  await bench.run();

  const measured = contestants.map(({ name, operations }) => {
    const result = bench.getTask(name)?.result;
    if (result === undefined || !("latency" in result))
      throw new Error(`${benchmark.name}: ${name} could not be measured`, { cause: result });
    const sorted = [...result.latency.samples].sort((a, b) => a - b);
    const quantile = (q: number): number => sorted[Math.floor((sorted.length - 1) * q)]!;
    const perOperation = (ms: number): number => (ms * 1e6) / operations;
    return {
      contestant: name,
      median: perOperation(quantile(0.5)),
      low: perOperation(quantile(0.25)),
      high: perOperation(quantile(0.75)),
      rounds: sorted.length,
    };
  });
  const reference = measured[0]?.median ?? NaN;
  return {
    name: benchmark.name,
    about: benchmark.about,
    measurements: measured.map((each) => ({ ...each, ratio: each.median / reference })),
  };
}
