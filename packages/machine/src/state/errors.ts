/**
 * Why a machine's state cannot be saved or loaded.
 *
 * @module
 */
import { KmemError } from "@kmem/memory";

export type MachineStateErrorCode =
  /** No file of a machine at all. */
  | "machine-state/foreign"
  /** Written by a later version of this package. */
  | "machine-state/newer"
  /** It ends too early. */
  | "machine-state/truncated"
  /** A checksum is wrong, or what it covers cannot be the state of a machine. */
  | "machine-state/damaged"
  /** The machine holds something, or is in a moment, that no file can say. */
  | "machine-state/not-savable";

/** A state that is refused. Nothing has changed: neither a machine nor the memory that was to be its RAM. */
export class MachineStateError extends KmemError {
  readonly code: MachineStateErrorCode;
  /** The section of the file, four letters; undefined when it is the file as a whole. */
  readonly section: string | undefined;
  constructor(code: MachineStateErrorCode, message: string, section?: string) {
    super(section === undefined ? message : `${message} (section "${section.trim()}")`);
    this.name = "MachineStateError";
    this.code = code;
    this.section = section;
  }
}
