/**
 * The machine's own time, and what is to happen when.
 *
 * ```
 *      0                 now             nextEventAt()
 *      ├──────────────────┼─────────────────●──────●●───────●───▶  nanoseconds since the machine was switched on
 *                          ╰─ advanceTo(t) ─────────────▶╯  runs these, in order
 * ```
 * Time moves only when it is told to, so a run is the same every time. Events for one instant happen in the order in
 * which they were scheduled.
 *
 * @module
 */
import { DeviceError } from "./devices/errors.ts";
import type { StateTransfer } from "./state/transfer.ts";

/** Nanoseconds in a second. */
export const SECOND = 1_000_000_000;

/** Something that will happen; the handle for {@link Clock.cancel}. */
export interface ClockEvent {
  /** Nanoseconds since the start. */
  readonly at: number;
  /** Whether it comes again and again, as a timer's ticks do. */
  readonly isPeriodic: boolean;
}

interface Entry extends ClockEvent {
  readonly callback: () => void;
}

/**
 * Virtual time in nanoseconds, a safe integer: enough for 104 days.
 *
 * @example
 * const clock = new Clock();
 * const order = [];
 * clock.schedule(20, () => order.push("b", clock.now));
 * clock.schedule(10, () => order.push("a"));
 * clock.nextEventAt() // => 10
 * clock.advanceTo(50);
 * order // => ["a", "b", 20]
 */
export class Clock {
  private time = 0;
  private busy = false;
  /** Sorted by time, latest first, so that the next event is popped from the end. */
  private readonly events: Entry[] = [];

  /** Nanoseconds since the machine was switched on. During an event, the event's time. */
  get now(): number {
    return this.time;
  }

  /**
   * Lets `callback` run when time reaches `at`. O(events).
   *
   * @param at - nanoseconds since the start, not before {@link now}
   * @param isPeriodic - it comes again and again whatever happens, as a timer's ticks do: see {@link isIdle}
   * @throws {@link DeviceError} `clock/time`
   */
  schedule(at: number, callback: () => void, isPeriodic = false): ClockEvent {
    this.checkTime(at);
    const entry: Entry = { at, callback, isPeriodic };
    this.events.splice(this.indexFor(at), 0, entry);
    return entry;
  }

  /** Takes back an event. @returns whether it was still to happen */
  cancel(event: ClockEvent): boolean {
    const index = this.events.indexOf(event as Entry);
    if (index >= 0) this.events.splice(index, 1);
    return index >= 0;
  }

  /** When the next event happens; undefined when none is scheduled. */
  nextEventAt(): number | undefined {
    return this.events.length === 0 ? undefined : this.events[this.events.length - 1]!.at;
  }

  /** How many events are to come. */
  get scheduledEvents(): number {
    return this.events.length;
  }

  /** Whether an event is running. */
  get isBusy(): boolean {
    return this.busy;
  }

  /** @internal saves or loads the time; events belong to those who have scheduled them */
  transfer(state: StateTransfer): void {
    this.time = state.integer(this.time, 0);
  }

  /** Whether nothing but periodic events is to come. O(events). */
  get isIdle(): boolean {
    return this.events.every((event) => event.isPeriodic);
  }

  /**
   * Lets time pass until `time`, and runs all that happens up to then, including what events themselves schedule.
   *
   * An error thrown by an event comes out here, with time standing at that event.
   *
   * @param time - nanoseconds since the start, not before {@link now}
   * @throws {@link DeviceError} `clock/time`; `clock/busy` when called by an event
   */
  advanceTo(time: number): void {
    this.checkTime(time);
    if (this.busy) throw new DeviceError("clock/busy", "no event to be running while time advances", time);
    this.busy = true;
    try {
      for (let next = this.nextEventAt(); next !== undefined && next <= time; next = this.nextEventAt()) {
        this.time = next;
        this.events.pop()!.callback();
      }
      this.time = time;
    } finally {
      this.busy = false;
    }
  }

  private checkTime(at: number): void {
    if (!Number.isSafeInteger(at) || at < this.time)
      throw new DeviceError("clock/time", `whole nanoseconds, not before ${this.time}`, at);
  }

  /** Where an event for `at` belongs: before all that come earlier or at the same time, counted from the latest. */
  private indexFor(at: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.events[middle]!.at > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
