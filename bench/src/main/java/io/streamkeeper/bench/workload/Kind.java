package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Target;
import java.util.List;

/**
 * A workload by name.
 *
 * @param title its name on the command line
 * @param description what it does, in a sentence
 * @param defaults its size unless told otherwise
 */
public record Kind(String title, String description, Spec defaults, Maker maker) {
    /** Makes it for a server. */
    public interface Maker {
        Scenario on(Target target, Spec spec);
    }

    /** Appends to existing streams. */
    public static final Kind APPEND =
            new Kind("append", "Appends to random ones of some streams.", Spec.of(1, 64, 256), RequestScenario::append);

    /** Creates. */
    public static final Kind CREATE =
            new Kind("create", "Creates streams, one after the other.", Spec.of(1, 64, 1), RequestScenario::create);

    /** Reads of what is short and was just written. */
    public static final Kind READ_HOT = new Kind(
            "read-hot", "Reads short streams from their beginning.", Spec.of(1, 64, 1 << 10), RequestScenario::readHot);

    /** Reads of long streams. */
    public static final Kind CATCH_UP = new Kind(
            "catch-up",
            "Reads long streams whole; a read is a stream.",
            Spec.of(4, 16, 10 << 20),
            RequestScenario::catchUp);

    /** Readers that wait in long-polls. */
    public static final Kind LONG_POLL = new Kind(
            "long-poll",
            "Wakes readers that wait in long-polls; the latency is from sending an append to having its message.",
            Spec.of(64, 64, 256).at(1_000),
            LiveScenario::longPoll);

    /** Readers of server-sent events. */
    public static final Kind SSE = new Kind(
            "sse",
            "Delivers events to subscribers; the latency is from sending an append to having its event.",
            Spec.of(1, 1_000, 256).at(50),
            LiveScenario::events);

    /** A bit of everything. */
    public static final Kind MIXED = new Kind(
            "mixed",
            "Of 100 requests 70 append, 25 read 1 KiB, 5 create.",
            Spec.of(1_000, 64, 256),
            RequestScenario::mixed);

    /** A steady load for long. */
    public static final Kind SUSTAINED = new Kind(
            "sustained",
            "Appends at a fixed rate for long, and tells how latency and memory drift.",
            Spec.of(1_000, 64, 256).at(5_000),
            RequestScenario::append);

    /** Streams that come and go. */
    public static final Kind CHURN = new Kind(
            "churn",
            "Creates streams, appends ten times, reads, deletes.",
            Spec.of(1, 64, 1 << 10),
            RequestScenario::churn);

    /** All of them. */
    public static final List<Kind> ALL =
            List.of(APPEND, CREATE, READ_HOT, CATCH_UP, LONG_POLL, SSE, MIXED, SUSTAINED, CHURN);

    /** The workload on a server. */
    public Scenario on(Target target, Spec spec) {
        return maker.on(target, spec);
    }
}
