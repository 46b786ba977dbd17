/**
 * What one import costs a browser's bundle, with all that it needs of the packages below: minified and compressed.
 * Selective imports are worth nothing when they bring the rest along.
 */
const imports = [
  ["memory", "{ LinearMemory }", "2.5 kB"],
  ["repr", "{ u32 }", "2 kB"],
  ["repr", "{ struct }", "4 kB"],
  ["spin", "{ Mutex }", "2.5 kB"],
  ["global-alloc", "{ Layout }", "1 kB"],
  ["linked-list-allocator", "{ LockedHeap }", "19 kB"],
  ["allocators", "{ TlsfAllocator }", "9 kB"],
  ["allocators", "{ BumpAllocator }", "5 kB"],
  ["sanitizer", "{ Sanitizer }", "8 kB"],
  ["alloc", "{ Box }", "8 kB"],
  ["alloc", "{ Vec }", "18 kB"],
  ["alloc", "{ BTreeMap }", "28 kB"],
  ["alloc", "{ String }", "32 kB"],
  ["x86-64", "{ VirtAddr }", "2 kB"],
  ["x86-64", "{ OffsetPageTable }", "14 kB"],
  ["frame-allocator", "{ BootInfoFrameAllocator }", "7 kB"],
  ["frame-allocator", "{ BuddyFrameAllocator }", "8 kB"],
  ["machine", "{ Machine }", "33 kB"],
  ["bootloader", "{ boot }", "18 kB"],
];

module.exports = imports.map(([name, what, limit]) => ({
  name: `import ${what} from "@kmem/${name}"`,
  path: `packages/${name}/dist/index.js`,
  import: what,
  limit,
}));
