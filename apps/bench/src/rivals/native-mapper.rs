//! The native figures that `paging.ts` is held against: a plain four-level mapper in Rust, of pages of 4 KiB, over the same
//! addresses. It looks at every level for each page, as the crate x86_64 does, and has none of the crate's types.
//!
//!     rustc --edition 2021 -C opt-level=3 src/rivals/native-mapper.rs -o /tmp/native-mapper && /tmp/native-mapper

use std::hint::black_box;
use std::time::Instant;

const PAGES: u64 = 1 << 18;
const BASE: u64 = 0x4444_4440_0000;
const TARGET: u64 = 0x1_0000_0000;
const ROOT: u64 = 0x1000;
const BYTES: usize = 0x40_0000;
const ADDRESS: u64 = 0x000f_ffff_ffff_f000;
const ROUNDS: usize = 60;

#[derive(Debug)]
enum Refusal {
    HugeParent,
    AlreadyMapped,
    NotMapped,
}

struct Mapper {
    memory: *mut u8,
    next: u64,
}

impl Mapper {
    fn table(&self, frame: u64) -> *mut u64 {
        unsafe { self.memory.add(frame as usize) as *mut u64 }
    }

    fn enter(&mut self, entry: *mut u64, flags: u64) -> Result<*mut u64, Refusal> {
        unsafe {
            let is_new = *entry == 0;
            if is_new {
                self.next += 4096;
                *entry = self.next | flags;
            } else if *entry & flags != flags {
                *entry |= flags;
            }
            if *entry & 0x80 != 0 {
                return Err(Refusal::HugeParent);
            }
            assert!(*entry & 1 != 0);
            let table = self.table(*entry & ADDRESS);
            if is_new {
                std::ptr::write_bytes(table, 0, 512);
            }
            Ok(table)
        }
    }

    #[inline(never)]
    fn map(&mut self, page: u64, frame: u64, flags: u64) -> Result<(), Refusal> {
        let mut table = self.table(ROOT);
        for shift in [39, 30, 21] {
            table = self.enter(unsafe { table.add(((page >> shift) & 511) as usize) }, flags & 7)?;
        }
        unsafe {
            let entry = table.add(((page >> 12) & 511) as usize);
            if *entry != 0 {
                return Err(Refusal::AlreadyMapped);
            }
            *entry = frame | flags;
        }
        Ok(())
    }

    fn last_entry(&self, address: u64) -> Result<*mut u64, Refusal> {
        let mut table = self.table(ROOT);
        for shift in [39, 30, 21] {
            let entry = unsafe { *table.add(((address >> shift) & 511) as usize) };
            if entry & 1 == 0 {
                return Err(Refusal::NotMapped);
            }
            if entry & 0x80 != 0 {
                return Err(Refusal::HugeParent);
            }
            table = self.table(entry & ADDRESS);
        }
        Ok(unsafe { table.add(((address >> 12) & 511) as usize) })
    }

    #[inline(never)]
    fn translate(&self, address: u64) -> Result<u64, Refusal> {
        let entry = unsafe { *self.last_entry(address)? };
        if entry == 0 {
            return Err(Refusal::NotMapped);
        }
        Ok((entry & ADDRESS) | (address & 4095))
    }

    #[inline(never)]
    fn unmap(&self, page: u64) -> Result<u64, Refusal> {
        let at = self.last_entry(page)?;
        let entry = unsafe { *at };
        if entry & 1 == 0 {
            return Err(Refusal::NotMapped);
        }
        unsafe { *at = 0 };
        Ok(entry & ADDRESS)
    }
}

fn per_page(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_nanos() as f64 / PAGES as f64
}

fn main() {
    let mut bytes = vec![0u8; BYTES + 4096];
    let aligned = (bytes.as_mut_ptr() as usize + 4095) & !4095;
    let mut mapper = Mapper { memory: aligned as *mut u8, next: 0 };
    let mut state: u32 = 12_345;
    let addresses: Vec<u64> = (0..PAGES)
        .map(|_| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            BASE + (state as f64 / 4_294_967_296.0 * (PAGES * 4096) as f64) as u64
        })
        .collect();
    let mut figures: [Vec<f64>; 3] = Default::default();
    for _ in 0..ROUNDS {
        unsafe { std::ptr::write_bytes(mapper.memory.add(ROOT as usize), 0, 4096) };
        mapper.next = ROOT;
        figures[0].push(per_page(|| {
            for i in 0..PAGES {
                mapper.map(BASE + i * 4096, TARGET + i * 4096, 3).unwrap();
            }
        }));
        figures[1].push(per_page(|| {
            let sum = addresses.iter().fold(0u64, |sum, address| sum.wrapping_add(mapper.translate(*address).unwrap()));
            black_box(sum);
        }));
        figures[2].push(per_page(|| {
            for i in 0..PAGES {
                black_box(mapper.unmap(BASE + i * 4096).unwrap());
            }
        }));
    }
    for (name, mut all) in ["map", "translate", "unmap"].into_iter().zip(figures) {
        all.sort_by(f64::total_cmp);
        println!("{name:10} best {:.1} ns, median {:.1} ns", all[0], all[ROUNDS / 2]);
    }
}
