package io.streamkeeper.server.longrun;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The states that a run has reached, by name; a run that misses a required one fails. Safe for use by any thread. */
final class Reach {
    /** The states that every run of five minutes reaches. */
    static final List<String> REQUIRED = List.of(
            "created text",
            "created json",
            "created binary",
            "created with TTL",
            "created with Expires-At",
            "created with retention by age",
            "created with retention by bytes",
            "created with retention by messages",
            "created closed",
            "changed",
            "created again: 200",
            "created otherwise: 409 stream_exists",
            "created in the place of a deleted stream",
            "appended",
            "appended a large body",
            "appended with a producer",
            "producer retried: 204",
            "producer began an epoch",
            "producer refused: 403 stale_producer_epoch",
            "producer refused: 409 producer_sequence_gap",
            "producer retried after SIGKILL: 200",
            "producer retried after SIGKILL: 204",
            "appended with many producers",
            "producer forgotten: 409 producer_sequence_gap",
            "appended with Stream-Seq",
            "refused: 409 sequence_regression",
            "appended with If-Match",
            "refused: 412 If-Match",
            "refused: 412 PUT",
            "refused: 412 DELETE",
            "refused: 412 GET",
            "appended with Stream-Expected-Offset",
            "refused: 409 Stream-Expected-Offset",
            "closed with a body",
            "closed without a body",
            "refused: 409 stream_closed",
            "refused: 409 content_type_mismatch",
            "refused: 400 empty_body",
            "refused: 400 invalid_json",
            "forked at the tail",
            "forked at an offset",
            "forked at a sub-offset",
            "forked a fork",
            "forked eight deep",
            "a source had five forks",
            "deleted",
            "deleted a source of forks",
            "released a deleted source",
            "refused: 410 stream_deleted",
            "refused: 404 stream_not_found",
            "refused: 410 offset_gone",
            "refused: 410 retained",
            "retention dropped data",
            "expired",
            "expired by a moved clock",
            "clock: moved between starts",
            "clock: moved forward while a server ran",
            "clock: moved back while a server ran",
            "listing",
            "listing: a further page",
            "listing: closed",
            "listing: created",
            "listing: deleted",
            "listing: followed",
            "listing: to list again",
            "registry",
            "read from the beginning",
            "read from an offset",
            "read what retention keeps from an offset",
            "read compressed",
            "read offsets in messages",
            "read not modified: 304",
            "last messages",
            "last bytes",
            "read since a time",
            "a history from its end to its beginning",
            "read of a part",
            "events of many streams",
            "events of many streams resumed",
            "events of many streams resumed after SIGKILL",
            "described",
            "pipelined reads",
            "pipelined appends",
            "long-poll: data",
            "long-poll: nothing new",
            "long-poll: woken by an append",
            "events: text",
            "events: json",
            "events: binary",
            "in doubt: append was there",
            "in doubt: append was not there",
            "start after SIGTERM",
            "start after SIGKILL",
            "stopped and continued",
            "administration listener",
            "access log",
            "connections moved to other loops",
            "start: fsync",
            "start: os",
            "start: memory",
            "start: open",
            "start: tokens",
            "start: tokens over tls",
            "access: tokens replaced",
            "access: rules replaced",
            "access: rules that are not valid",
            "access: certificate replaced",
            "access: refused 401",
            "access: refused 403",
            "noisy tenant: 429 request_limit",
            "noisy tenant: 429 storage_limit",
            "noisy tenant: 429 stream_limit",
            "noisy tenant: 429 subscription_limit",
            "noisy tenant: retry confirmed at its limit",
            "noisy tenant: deleted at its limit",
            "start: nio",
            "start: epoll",
            "start: -Xmx128m",
            "start: default heap",
            "start: few descriptors",
            "start: no locale",
            "start: ar-EG",
            "start: de-DE",
            "verify: all is well",
            "backup of a running server",
            "backup of a stopped server",
            "restored and served",
            "subscription: created a webhook",
            "subscription: created a pull-wake",
            "subscription: created with a pattern",
            "subscription: created without a pattern",
            "subscription: confirmed, and another configuration refused",
            "subscription: linked by name",
            "subscription: a link by name was removed",
            "subscription: a linked stream was deleted",
            "subscription: deleted",
            "subscription: stayed deleted",
            "subscription: there after SIGKILL",
            "subscription: there after SIGTERM",
            "subscription: a worker's read",
            "webhook: a wake",
            "webhook: the same wake again",
            "webhook: done",
            "webhook: done by a callback",
            "webhook: acknowledged a part by a callback",
            "webhook: accepted and never done",
            "webhook: answered after the lease",
            "webhook: answered late",
            "webhook: closed without an answer",
            "webhook: failed",
            "webhook: failed with Retry-After",
            "webhook: fenced",
            "webhook: pending work delivered after SIGKILL",
            "pull-wake: claimed",
            "pull-wake: done",
            "pull-wake: acknowledged a part",
            "pull-wake: released",
            "pull-wake: a lease was forgotten",
            "pull-wake: fenced",
            "pull-wake: ALREADY_CLAIMED",
            "pull-wake: NO_PENDING_WORK",
            "pull-wake: pending work delivered after SIGKILL");

    /** The same, where there is a small disk. */
    static final List<String> REQUIRED_OF_A_SMALL_DISK = List.of(
            "full disk: 507 storage_full",
            "full disk: read",
            "full disk: deleted",
            "full disk: written after deletions",
            "full disk: start after SIGKILL",
            "full disk: start after SIGTERM",
            "full disk: verify");

    private final Map<String, AtomicLong> counters = new ConcurrentHashMap<>();

    void count(String name) {
        counters.computeIfAbsent(name, key -> new AtomicLong()).incrementAndGet();
    }

    long of(String name) {
        AtomicLong counter = counters.get(name);
        return counter == null ? 0 : counter.get();
    }

    /** Names that should have been reached and were not. */
    List<String> missing(boolean withSmallDisk) {
        return Stream.concat(REQUIRED.stream(), withSmallDisk ? REQUIRED_OF_A_SMALL_DISK.stream() : Stream.empty())
                .filter(name -> of(name) == 0)
                .toList();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(counters)
                .forEach((name, count) -> text.append("  ")
                        .append(name)
                        .append(": ")
                        .append(count)
                        .append('\n'));
        return text.toString();
    }
}
