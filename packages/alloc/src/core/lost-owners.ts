/**
 * A debugging aid: reports owners that JavaScript's garbage collector took before anybody dropped them.
 *
 * Off until {@link reportLostOwners} is called, and then only for owners made afterwards: it costs a registration per
 * owner. Where the engine has no `FinalizationRegistry` it stays silent.
 *
 * @module
 */

/** An owner that was lost: its memory will never be given back. */
export interface LostOwner {
  /** As Rust writes it. */
  readonly type: string;
  /** Where it was made, if the engine gives stacks. */
  readonly stack: string;
}

interface Registry {
  register(target: object, held: LostOwner, token: object): void;
  unregister(token: object): boolean;
}

type RegistryClass = new (callback: (held: LostOwner) => void) => Registry;

let registry: Registry | undefined;

/**
 * Turns reports of lost owners on, or off again.
 *
 * @param listener - called some time after the loss, when the garbage collector noticed; `undefined` to stop
 * @returns whether this engine can report
 */
export function reportLostOwners(listener: ((lost: LostOwner) => void) | undefined): boolean {
  const Class = (globalThis as { FinalizationRegistry?: RegistryClass }).FinalizationRegistry;
  registry = listener === undefined || Class === undefined ? undefined : new Class(listener);
  return Class !== undefined;
}

/** An owner came into being. */
export function noteMade(owner: { readonly typeName: string }): void {
  if (registry === undefined) return;
  const { stack = "" } = new Error("made here");
  // Subclasses know their name only when their constructors are done.
  const held = { type: "", stack };
  registry.register(owner, held, owner);
  void Promise.resolve().then(() => {
    held.type = owner.typeName;
  });
}

/** An owner was moved or dropped. */
export function noteGone(owner: object): void {
  registry?.unregister(owner);
}
