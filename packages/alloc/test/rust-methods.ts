/**
 * The stable methods of Rust 1.95, as its documentation lists them, without deprecated ones.
 *
 * @see https://doc.rust-lang.org/1.95.0/std/
 */
export const RUST_1_95: Readonly<Record<string, string>> = {
  "`Box<T>`":
    "downcast new new_uninit new_zeroed pin new_uninit_slice new_zeroed_slice assume_init write from_raw into_raw leak into_pin",
  "`Rc<T>`":
    "new new_cyclic new_uninit new_zeroed pin try_unwrap into_inner new_uninit_slice new_zeroed_slice assume_init from_raw into_raw increment_strong_count decrement_strong_count as_ptr downgrade weak_count strong_count get_mut ptr_eq make_mut unwrap_or_clone downcast",
  "`Weak<T>` (of Rc and Arc)": "new from_raw into_raw as_ptr upgrade strong_count weak_count ptr_eq",
  "`Arc<T>`":
    "new new_cyclic new_uninit new_zeroed pin try_unwrap into_inner new_uninit_slice new_zeroed_slice assume_init from_raw into_raw increment_strong_count decrement_strong_count as_ptr downgrade weak_count strong_count ptr_eq make_mut unwrap_or_clone get_mut downcast",
  "`Vec<T>`":
    "new with_capacity from_raw_parts into_raw_parts push push_mut capacity reserve reserve_exact try_reserve try_reserve_exact shrink_to_fit shrink_to into_boxed_slice truncate as_slice as_mut_slice as_ptr as_mut_ptr set_len swap_remove insert insert_mut remove retain retain_mut dedup_by_key dedup_by pop pop_if append drain clear len is_empty split_off resize_with leak spare_capacity_mut resize extend_from_slice extend_from_within into_flattened dedup splice extract_if",
  "`[T]`, on `Vec`, `BoxedSlice` and `Slice`":
    "new_uninit_slice new_zeroed_slice assume_init write_copy_of_slice write_clone_of_slice assume_init_drop assume_init_ref assume_init_mut is_ascii eq_ignore_ascii_case make_ascii_uppercase make_ascii_lowercase escape_ascii trim_ascii_start trim_ascii_end trim_ascii len is_empty first first_mut split_first split_first_mut split_last split_last_mut last last_mut first_chunk first_chunk_mut split_first_chunk split_first_chunk_mut split_last_chunk split_last_chunk_mut last_chunk last_chunk_mut get get_mut get_unchecked get_unchecked_mut as_ptr as_mut_ptr as_ptr_range as_mut_ptr_range as_array as_mut_array swap reverse iter iter_mut windows chunks chunks_mut chunks_exact chunks_exact_mut as_chunks_unchecked as_chunks as_rchunks as_chunks_unchecked_mut as_chunks_mut as_rchunks_mut array_windows rchunks rchunks_mut rchunks_exact rchunks_exact_mut chunk_by chunk_by_mut split_at split_at_mut split_at_unchecked split_at_mut_unchecked split_at_checked split_at_mut_checked split split_mut split_inclusive split_inclusive_mut rsplit rsplit_mut splitn splitn_mut rsplitn rsplitn_mut contains starts_with ends_with strip_prefix strip_suffix binary_search binary_search_by binary_search_by_key sort_unstable sort_unstable_by sort_unstable_by_key select_nth_unstable select_nth_unstable_by select_nth_unstable_by_key rotate_left rotate_right fill fill_with clone_from_slice copy_from_slice copy_within swap_with_slice align_to align_to_mut is_sorted is_sorted_by is_sorted_by_key partition_point split_off split_off_mut split_off_first split_off_first_mut split_off_last split_off_last_mut get_disjoint_unchecked_mut get_disjoint_mut element_offset as_flattened as_flattened_mut utf8_chunks sort sort_by sort_by_key sort_by_cached_key to_vec into_vec repeat concat join to_ascii_uppercase to_ascii_lowercase",
  "`VecDeque<T>`":
    "new with_capacity get get_mut swap capacity reserve_exact reserve try_reserve_exact try_reserve shrink_to_fit shrink_to truncate iter iter_mut as_slices as_mut_slices len is_empty range range_mut drain clear contains front front_mut back back_mut pop_front pop_back pop_front_if pop_back_if push_front push_front_mut push_back push_back_mut swap_remove_front swap_remove_back insert insert_mut remove split_off append retain retain_mut resize_with make_contiguous rotate_left rotate_right binary_search binary_search_by binary_search_by_key partition_point resize",
  "`LinkedList<T>`":
    "new append iter iter_mut is_empty len clear contains front front_mut back back_mut push_front push_front_mut pop_front push_back push_back_mut pop_back split_off extract_if",
  "`BinaryHeap<T>`":
    "new with_capacity peek_mut pop push into_sorted_vec append retain iter peek capacity reserve_exact reserve try_reserve_exact try_reserve shrink_to_fit shrink_to as_slice into_vec len is_empty drain clear",
  "`binary_heap::PeekMut<T>`": "pop",
  "`BTreeMap<K, V>`":
    "new clear get get_key_value first_key_value first_entry pop_first last_key_value last_entry pop_last contains_key get_mut insert remove remove_entry retain append range range_mut entry split_off extract_if into_keys into_values iter iter_mut keys values values_mut len is_empty",
  "`btree_map::Entry`, either kind":
    "or_insert or_insert_with or_insert_with_key key and_modify insert_entry or_default",
  "`btree_map::OccupiedEntry`": "key remove_entry get get_mut into_mut insert remove",
  "`btree_map::VacantEntry`": "key into_key insert insert_entry",
  "`BTreeSet<T>`":
    "new range difference symmetric_difference intersection union clear contains get is_disjoint is_subset is_superset first last pop_first pop_last insert replace remove take retain append split_off extract_if iter len is_empty",
  "`String`":
    "new with_capacity from_utf8 from_utf8_lossy from_utf16 from_utf16_lossy into_raw_parts from_raw_parts from_utf8_unchecked into_bytes as_str as_mut_str push_str extend_from_within capacity reserve reserve_exact try_reserve try_reserve_exact shrink_to_fit shrink_to push as_bytes truncate pop remove retain insert insert_str as_mut_vec len is_empty split_off clear drain replace_range into_boxed_str leak",
  "`str`, on `String` and `BoxedStr`":
    "len is_empty from_utf8 from_utf8_mut from_utf8_unchecked from_utf8_unchecked_mut is_char_boundary floor_char_boundary ceil_char_boundary as_bytes as_bytes_mut as_ptr as_mut_ptr get get_mut get_unchecked get_unchecked_mut split_at split_at_mut split_at_checked split_at_mut_checked chars char_indices bytes split_whitespace split_ascii_whitespace lines encode_utf16 contains starts_with ends_with find rfind split split_inclusive rsplit split_terminator rsplit_terminator splitn rsplitn split_once rsplit_once matches rmatches match_indices rmatch_indices trim trim_start trim_end trim_matches trim_start_matches strip_prefix strip_suffix trim_end_matches parse is_ascii eq_ignore_ascii_case make_ascii_uppercase make_ascii_lowercase trim_ascii_start trim_ascii_end trim_ascii escape_debug escape_default escape_unicode into_boxed_bytes replace replacen to_lowercase to_uppercase into_string repeat to_ascii_uppercase to_ascii_lowercase",
};

/** Our classes under each heading: every name must be on one of them. */
export const OURS: Readonly<Record<string, readonly string[]>> = {
  "`Box<T>`": ["Box", "BoxUninit"],
  "`Rc<T>`": ["Rc", "BoxUninit"],
  "`Weak<T>` (of Rc and Arc)": ["Weak", "ArcWeak"],
  "`Arc<T>`": ["Arc", "BoxUninit"],
  "`Vec<T>`": ["Vec"],
  "`[T]`, on `Vec`, `BoxedSlice` and `Slice`": ["Slice"],
  "`VecDeque<T>`": ["VecDeque"],
  "`LinkedList<T>`": ["LinkedList"],
  "`BinaryHeap<T>`": ["BinaryHeap"],
  "`binary_heap::PeekMut<T>`": ["PeekMut"],
  "`BTreeMap<K, V>`": ["BTreeMap"],
  "`btree_map::Entry`, either kind": ["VacantEntry", "OccupiedEntry"],
  "`btree_map::OccupiedEntry`": ["OccupiedEntry"],
  "`btree_map::VacantEntry`": ["VacantEntry"],
  "`BTreeSet<T>`": ["BTreeSet"],
  "`String`": ["String"],
  "`str`, on `String` and `BoxedStr`": ["Str", "String", "BoxedStr"],
};
