"""The 36 faults of the survey of clients, and which tests prove each; run as a module it prints the table."""

from tests.faults.cases import ALONE, HTTPS, LAKE, PATH, ROOT, WAYS, WEBDAV, Case, by, matrix

_REAL = (WEBDAV, ROOT)
_FAULTS, _STORAGES = "faults/test_faults.py", "faults/test_real_storages.py"
_ONCE, _NEVER = (
    "a_network_that_fails_once_costs_no_byte_twice",
    "a_network_that_never_works_is_said_and_leaves_nothing",
)
_WIRE = by(_STORAGES, _ONCE, _NEVER, on=_REAL)
_DAMAGED = by(_STORAGES, "a_damaged_copy_is_refused_until_it_is_mended", on=_REAL)
_REFUSED_CALL = by(
    "faults/test_disks.py", "whichever_call_the_disk_refuses_the_old_file_stays_and_the_next_run_is_good"
)
_FAILING_DISK = by("faults/test_disks.py", "a_disk_that_fails_is_said_and_the_next_run_is_good")

CASES = (
    Case(
        1,
        "the connection is cut, a length was said",
        matrix(1)
        + by(_FAULTS, "a_cut_transfer_goes_on_at_the_next_replica_with_the_byte_it_stopped_at")
        + by("lake/transfer/test_segments.py", "when_the_first_stream_breaks_what_the_others_have_is_kept")
        + _WIRE,
    ),
    Case(2, "the connection is cut, no length was said", matrix(2)),
    Case(3, "a web page or an error text with status 200", matrix(3)),
    Case(
        4,
        "a bit flips",
        matrix(4)
        + by(_FAULTS, "wrong_bytes_from_every_replica_are_a_checksum_mismatch")
        + by("lake/transfer/test_segments.py", "wrong_bytes_in_a_piece_are_never_placed")
        + by(_STORAGES, "a_bit_that_flips_on_the_way_is_noticed", on=_REAL)
        + _DAMAGED
        + by("lake/transfer/test_engine.py", "a_damaged_local_copy_falls_to_the_server", on=(HTTPS, PATH)),
    ),
    Case(
        5,
        "503 with and without Retry-After",
        matrix(5)
        + by(_FAULTS, "a_server_that_asks_for_time_gets_it", "waits_grow_and_end")
        + by("faults/test_root.py", "a_wait_that_the_server_asks_for_is_kept", on=(ROOT,))
        + by("lake/transfer/test_hosts.py", "retry_after_holds_the_whole_host", on=(ALONE,)),
    ),
    Case(6, "429", matrix(6)),
    Case(
        7,
        "Range is ignored",
        matrix(7)
        + by(
            "lake/transfer/test_segments.py",
            "a_server_that_does_not_speak_of_ranges_is_not_asked_for_any",
            "another_source_without_ranges_begins_where_it_must",
        ),
    ),
    Case(
        8,
        "another range than asked",
        matrix(8) + by("lake/transfer/test_segments.py", "whatever_a_further_stream_meets_the_file_is_right"),
    ),
    Case(
        9,
        "416 where a part, all or more is here",
        matrix(9) + by("faults/test_leftovers.py", "what_is_left_is_continued_or_begun_again"),
    ),
    Case(
        10,
        "the object changes between two attempts",
        matrix(10)
        + by(
            _FAULTS,
            "without_checksum_or_strong_tag_no_two_answers_are_joined",
            "without_checksum_a_strong_tag_joins_two_answers",
        )
        + by("lake/test_opening.py", "an_object_that_changes_in_the_middle_is_an_error_not_mixed_bytes")
        + by(_STORAGES, "an_object_that_changes_between_two_connections_is_not_mixed", on=_REAL),
    ),
    Case(11, "a reset in the middle", matrix(11) + _WIRE),
    Case(
        12,
        "silence",
        matrix(12)
        + _WIRE
        + by("lake/transfer/test_xrootd.py", "a_server_that_does_not_answer_is_given_up", on=(ROOT,)),
    ),
    Case(13, "a byte at a time", matrix(13)),
    Case(
        14,
        "a name does not resolve, then does",
        by("faults/test_network.py", "a_name_that_does_not_resolve_for_a_while_is_asked_again")
        + by(_FAULTS, "a_name_that_does_not_resolve_falls_to_the_next_replica"),
    ),
    Case(
        15,
        "a certificate that is expired, a stranger's or of another name",
        by(_FAULTS, "a_server_whose_certificate_is_not_trusted_is_never_read")
        + by(
            "faults/test_network.py",
            "a_certificate_for_another_name_is_never_accepted",
            "https_never_becomes_http",
        ),
    ),
    Case(
        16,
        "401 in the middle, the token ran out",
        matrix(16)
        + by(_FAULTS, "a_token_that_ran_out_is_asked_for_anew_and_the_same_byte_follows")
        + by(_STORAGES, "a_login_that_was_refused_is_asked_for_anew", on=(WEBDAV,))
        + by(
            "faults/test_webdav.py",
            "a_login_that_the_way_refuses_in_the_middle_is_asked_for_anew_and_the_same_byte_follows",
            on=(WEBDAV,),
        ),
    ),
    Case(
        17,
        "403 for good",
        matrix(17) + by(_FAULTS, "nothing_is_asked_blindly_twice_of_a_server_that_says_no"),
    ),
    Case(
        18,
        "404 at one replica, good at the next",
        matrix(18)
        + by(_STORAGES, "a_copy_that_is_lost_falls_to_the_next", on=_REAL)
        + by(
            "lake/transfer/test_xrootd.py",
            "a_missing_file_is_said_in_one_line_and_the_next_copy_taken",
            on=(ROOT,),
        ),
    ),
    Case(
        19,
        "every replica is bad",
        by(_FAULTS, "when_all_replicas_fail_each_is_named_with_its_cause", on=(HTTPS, PATH))
        + by("faults/test_network.py", "a_thousand_dead_replicas_are_a_cause_of_readable_length")
        + by(
            "lake/transfer/test_report.py",
            "a_row_says_replica_cause_who_and_next_step",
            "many_files_and_causes_fit_one_screen",
            on=(ALONE,),
        ),
    ),
    Case(
        20,
        "redirects to another host, in a circle, to http",
        by(
            "faults/test_redirects.py",
            "a_token_stays_on_its_host",
            "the_same_name_on_another_port_is_another_host",
            "a_way_back_to_http_is_refused",
            "a_circle_is_cut",
            "a_way_without_end_is_cut",
            "a_public_server_cannot_point_into_a_private_network",
        )
        + by("faults/test_root.py", "a_circle_of_redirects_is_cut", on=(ROOT,)),
    ),
    Case(21, "a proxy packs the body", matrix(21)),
    Case(
        22,
        "the catalogue's size or checksum is missing, wrong or oddly spelt",
        by(
            _FAULTS,
            "a_catalogue_that_is_silent_on_some_facts_is_enough",
            "an_adler32_without_its_leading_zeros_or_in_capitals_is_understood",
            "a_catalogue_that_errs_leaves_no_file",
            "bytes_that_nothing_could_judge_are_not_taken",
        )
        + by(
            "faults/test_network.py",
            "whatever_a_catalogue_says_the_bytes_are_those_it_says_or_none",
            on=(PATH,),
        )
        + _DAMAGED,
    ),
    Case(
        23,
        "a file of no byte, and one of more than 2³²",
        by(
            "faults/test_sizes.py",
            "a_file_of_no_byte_is_a_file",
            "a_file_beyond_32_bits_is_continued_at_its_true_offset",
            "an_offset_cut_to_32_bits_is_an_error_not_a_file",
        )
        + by("lake/transfer/test_xrootd.py", "a_file_comes_whole", on=(ROOT,))
        + by("faults/test_sizes.py", "a_file_beyond_32_bits_is_continued_over_root_too", on=(ROOT,)),
    ),
    Case(
        24,
        "the disk is full before, during, at the sync or at the rename",
        by(
            "faults/test_disk.py",
            "files_that_cannot_fit_are_refused_before_a_byte_moves",
            "a_disk_that_fills_up_leaves_the_old_file_and_no_partial",
        )
        + _FAILING_DISK
        + _REFUSED_CALL
        + by("lake/transfer/test_segments.py", "a_disk_that_fills_up_under_a_further_stream_is_said"),
    ),
    Case(
        25,
        "no inodes, no quota",
        _FAILING_DISK + _REFUSED_CALL,
        "a file system's own quota: its error (EDQUOT) is given by a call that is replaced",
    ),
    Case(
        26,
        "the folder is read-only, vanishes, or lies on a dead mount",
        _FAILING_DISK
        + _REFUSED_CALL
        + by("faults/test_disk.py", "a_read_only_folder_is_said_in_one_line")
        + by(
            "faults/test_disks.py",
            "a_disk_that_vanishes_while_bytes_come_gets_no_half_file",
            "a_folder_on_a_mount_that_died_is_said_in_one_line",
        )
        + by(
            "faults/test_disks.py", "a_copy_on_a_mount_that_died_falls_to_the_next_replica", on=(HTTPS, PATH)
        )
        + by(
            "lake/cache/test_store.py",
            "a_cache_that_vanished_is_made_anew",
            "a_cache_that_takes_no_objects_costs_no_file",
            on=(PATH,),
        )
        + by("lake/test_mount.py", "a_stale_mount_is_said_until_it_is_back", on=(ALONE,)),
    ),
    Case(
        27,
        "SIGKILL, SIGTERM, a power cut",
        by(
            "faults/test_kill.py",
            "a_killed_fetch_continues_where_it_stopped",
            "kills_at_random_bytes_never_cost_more_than_a_twentieth",
            "a_kill_between_the_last_byte_and_the_name_costs_no_byte",
            "what_a_dead_run_left_damaged_is_fetched_anew",
            "the_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end",
        )
        + by(_STORAGES, "a_killed_fetch_is_continued", on=_REAL)
        + by(
            "faults/test_leftovers.py",
            "bytes_of_files_that_nobody_asks_for_go_after_a_week_and_those_of_the_living_stay",
            "the_claim_of_a_process_that_ended_goes_with_the_next_run",
        )
        + by("lake/transfer/test_segments_killed.py", "a_kill_in_several_streams_costs_no_twentieth"),
        "a real power cut: what it takes is read from the order of writes and syncs",
    ),
    Case(
        28,
        "an interrupt or a cancel",
        by("faults/test_kill.py", "an_interrupt_ends_at_once_keeps_what_pays_and_the_next_run_continues")
        + by("faults/test_network.py", "after_a_cancel_no_thread_and_no_socket_is_left")
        + by("lake/transfer/test_xrootd.py", "it_can_be_stopped_in_the_middle", on=(ROOT,))
        + by(
            "notebook/test_kernel.py",
            "an_interrupt_ends_a_fetch_that_hangs_and_the_kernel_goes_on",
        ),
        "the second it may take: tests assert no times",
    ),
    Case(
        29,
        "two processes or two machines fetch the same file",
        by("faults/test_kill.py", "a_living_process_is_waited_for_and_its_bytes_are_shown")
        + by(
            "lake/transfer/test_sharing.py",
            "a_process_that_fetches_the_same_is_waited_for_with_its_bytes_shown",
            "a_killed_owner_is_taken_over_and_its_bytes_go_on",
            "a_sleeper_that_wakes_harms_nobody_and_gets_the_file_too",
        )
        + by(
            "lake/transfer/test_claim.py",
            "another_machines_claim_counts_while_it_is_touched",
            "many_that_find_a_dead_claim_take_it_over_once",
            on=(ALONE,),
        ),
        "NFS and Lustre: the other machine is a process under another machine's name",
    ),
    Case(
        30,
        "hostile names and addresses, names that differ only in case",
        by(
            "faults/test_hostile.py",
            "no_name_of_a_file_leads_out_of_the_folder",
            "what_is_no_plain_file_is_not_read",
            on=(PATH,),
        )
        + by(
            "faults/test_hostile.py",
            "names_that_differ_only_in_case_are_refused_together",
            "no_address_leads_to_a_file_beside_the_storage_or_to_another_host",
            on=(ALONE,),
        )
        + by(
            "faults/test_hostile.py",
            "what_stands_at_the_final_name_is_replaced_and_never_written_through",
            "a_folder_that_becomes_a_link_leads_nowhere",
        )
        + by("faults/test_hostile.py", "a_folder_that_is_a_link_now_and_then_leads_nowhere", on=(PATH,)),
        "a disk that ignores case: such names are refused together on every disk",
    ),
    Case(
        31,
        "a rule is stuck, suspended, waits for approval, is there already, is over quota or expires",
        by(
            "lake/rules/test_rules.py",
            "files_missing_at_the_source_make_a_rule_stuck_and_boost_tries_again",
            "a_quota_that_is_used_up_suspends_a_rule_and_boost_starts_it_again",
            "a_rule_that_waits_for_approval_is_approved_by_an_admin_alone",
            on=(LAKE,),
        )
        + by(
            "lake/test_waiting.py",
            "a_wait_for_lost_files_ends_with_the_cause_and_the_next_one_tries_again",
            "nobody_waits_for_an_approval",
            "a_rule_that_another_window_made_meanwhile_is_reused",
            "a_quota_that_does_not_suffice_is_one_line",
            "a_rule_that_is_deleted_while_it_is_waited_for_is_said",
            on=(LAKE,),
        ),
    ),
    Case(
        32,
        "the only copy is on tape",
        by("lake/test_waiting.py", "files_on_tape_are_not_waited_for", on=(LAKE,))
        + by("lake/rules/test_requests.py", "a_state_is_told", on=(ALONE,)),
        "a tape robot: a disk of the lake is declared to be tape",
    ),
    Case(
        33,
        "a dataset of 10⁵ files, one of them bad",
        by("faults/test_sizes.py", "one_bad_file_among_very_many_stops_no_other", on=(PATH,))
        + by(_FAULTS, "one_bad_file_does_not_stop_the_others_and_the_error_says_which_are_good")
        + by(
            "lake/transfer/test_engine_memory.py",
            "a_file_costs_less_than_half_a_kilobyte_beyond_its_plan",
            on=(ALONE,),
        ),
        "memory with 10⁵ files: it is measured with 10⁴",
    ),
    Case(
        34,
        "a cached file is evicted while it is read, or was damaged since its last use",
        by(
            "lake/cache/test_room.py",
            "an_open_file_is_never_removed",
            "two_processes_that_fill_and_evict_at_once_lose_nothing_and_mix_nothing",
            on=(PATH,),
        )
        + by(
            "lake/cache/test_damage.py",
            "an_object_that_changed_since_its_last_use_is_read_again_and_dropped",
            "damage_that_left_no_trace_is_found_when_all_is_read_again",
            on=(PATH,),
        ),
    ),
    Case(
        35,
        "the clock is wrong: a token seems ended and is not, or the reverse",
        by(
            "lake/test_tokens_keeping.py",
            "a_clock_that_is_wrong_does_not_change_when_a_token_is_renewed",
            "a_refused_token_is_renewed_once_for_all_who_had_it",
            on=(ALONE,),
        )
        + by("lake/test_credentials.py", "life_is_judged_by_the_clock_of_the_lake", on=(ALONE,))
        + by("lake/test_connection.py", "a_login_that_the_server_forgot_is_repeated", on=(LAKE,))
        + by(_FAULTS, "a_token_that_ran_out_is_asked_for_anew_and_the_same_byte_follows"),
    ),
    Case(
        36,
        "a length that lies, bytes behind an answer",
        matrix(36)
        + by(
            "faults/test_network.py",
            "bytes_behind_an_answer_are_no_answer_to_the_next_request",
            "a_forged_answer_without_checksum_in_the_catalogue_is_not_taken_either",
        ),
    ),
)


def table() -> str:
    """The cases as a Markdown table, with what the ways mean below."""
    rows = [
        f"| {case.number} | {case.what} | {', '.join(case.ways)} "
        f"| {'<br>'.join(map(str, case.proofs))} | {case.lacks} |"
        for case in CASES
    ]
    head = ["| # | what happens | played through | proved by | not played |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, "", *(f"- {way}: {meaning}" for way, meaning in WAYS.items())])


if __name__ == "__main__":
    print(table())
