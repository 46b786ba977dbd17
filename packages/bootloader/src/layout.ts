/**
 * Where the bootloader puts what, in physical and in virtual memory.
 *
 * ```
 *   physical                                    virtual
 *   0x0000_0000  frame zero, never used
 *   0x0000_1000  page tables                    (through the map of all physical memory)
 *      …         boot information               0x0000_00b0_071f_0000
 *      …         usable, up to 0x9f000
 *   0x000b_8000  VGA text buffer                0x0000_0000_000b_8000   the same address
 *   0x0010_0000  usable
 *   0x0040_0000  kernel: text, statics          0x0000_0000_0020_0000
 *      …         kernel stack                   0x0000_0100_0020_0000   below it a page that is not mapped
 *      …         usable, up to the firmware's tables in the last 128 KiB
 *   0 … 4 GiB    all of it, in pages of 2 MiB   0x0000_0180_0000_0000 + physical address
 * ```
 *
 * @see bootloader 0.9: https://docs.rs/bootloader/0.9
 * @module
 */

/** Bytes of a page, a frame and a page table. */
export const PAGE_SIZE = 4096;

/** Virtual address of the boot information, one page. */
export const BOOT_INFO_ADDRESS = 0xb0_071f_0000;
/** Virtual address at which all physical memory is mapped, unless asked otherwise. */
export const PHYSICAL_MEMORY_OFFSET = 0x180_0000_0000;
/** Virtual address of the kernel's text. */
export const KERNEL_START = 0x20_0000;
/** Bytes for the addresses of the kernel's functions. */
export const KERNEL_TEXT_SIZE = 0x4_0000;
/** Bytes for the kernel's statics, right behind its text. */
export const KERNEL_STATICS_SIZE = 0x4_0000;
/** Virtual address of the lowest page of the kernel's stack. */
export const KERNEL_STACK_START = 0x100_0020_0000;
/** Pages of the kernel's stack, unless asked otherwise. */
export const KERNEL_STACK_PAGES = 512;

/** Physical address of the first page table. */
export const PAGE_TABLES_START = 0x1000;
/** Frames kept for the bootloader's page tables. */
export const PAGE_TABLE_FRAMES = 31;
/** Physical address of the kernel. */
export const KERNEL_FRAME_START = 0x40_0000;

/** End of the memory that a PC has below 640 KiB; the BIOS keeps the page behind it. */
export const LOW_MEMORY_END = 0x9_f000;
/** Firmware that is mapped right below 1 MiB. */
export const BIOS_START = 0xf_0000;
export const HIGH_MEMORY_START = 0x10_0000;
/** Bytes that the firmware keeps for its tables at the end of RAM. */
export const FIRMWARE_TABLES_SIZE = 0x2_0000;
/** Firmware below 4 GiB. */
export const FLASH_START = 0xfffc_0000;
export const FLASH_END = 0x1_0000_0000;
/** Bytes of RAM that a boot needs at least. */
export const MIN_MEMORY = 0x80_0000;

/** VGA text buffer: physical, and mapped at the same virtual address. */
export const VGA_BUFFER_START = 0xb_8000;
export const VGA_BUFFER_SIZE = 0x8000;
