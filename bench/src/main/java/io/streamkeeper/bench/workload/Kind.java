package io.streamkeeper.bench.workload;

import io.streamkeeper.bench.load.Target;
import java.util.List;

/**
 * A kind of workload.
 *
 * @param title its name on the command line
 * @param description its description in one sentence
 * @param defaults its default size
 */
public record Kind(String title, String description, Spec defaults, Factory factory) {
    /** Creates scenarios of one kind. */
    public interface Factory {
        Scenario create(Target target, Spec spec);
    }

    /** Appends to existing streams. */
    public static final Kind APPEND =
            new Kind("append", "Appends to random streams.", Spec.of(1, 64, 256), RequestScenario::append);

    /** Appends to existing streams that subscriptions may follow in groups. */
    public static final Kind APPEND_GROUPED = new Kind(
            "append-grouped",
            "Appends to random streams whose paths have two segments, of which the second is the last four digits of a"
                    + " number: the pattern */0000 of a subscription follows one in ten thousand of them.",
            Spec.of(100_000, 64, 256),
            RequestScenario::appendGrouped);

    /** Creates streams. */
    public static final Kind CREATE =
            new Kind("create", "Creates streams.", Spec.of(1, 64, 1), RequestScenario::create);

    /** Reads short streams that were just written. */
    public static final Kind READ_HOT = new Kind(
            "read-hot", "Reads short streams from their beginning.", Spec.of(1, 64, 1 << 10), RequestScenario::readHot);

    /** Reads long streams. */
    public static final Kind CATCH_UP = new Kind(
            "catch-up",
            "Reads long streams; one operation reads a whole stream.",
            Spec.of(4, 16, 10 << 20),
            RequestScenario::catchUp);

    /** Delivers messages to readers that wait in long-polls. */
    public static final Kind LONG_POLL = new Kind(
            "long-poll",
            "Delivers messages to long-polls; the latency is the time from the append to the arrival of its message.",
            Spec.of(64, 64, 256).at(1_000),
            LiveScenario::longPoll);

    /** Delivers messages to readers of server-sent events. */
    public static final Kind SSE = new Kind(
            "sse",
            "Delivers events to subscribers; the latency is the time from the append to the arrival of its event.",
            Spec.of(1, 1_000, 256).at(50),
            LiveScenario::events);

    /** Delivers messages of many streams over each connection. */
    public static final Kind SSE_MANY = new Kind(
            "sse-many",
            "Delivers events of many streams to subscribers, each of which follows all streams over one connection; the"
                    + " latency is the time from the append to the arrival of its event.",
            Spec.of(10_000, 1, 256),
            LiveScenario::eventsOfMany);

    /** Sends webhooks to a receiver. */
    public static final Kind WEBHOOKS = new Kind(
            "webhooks",
            "Appends to streams with a subscription each, whose webhooks a receiver in this process answers with done; the"
                    + " latency is the time from the append to the arrival of its webhook.",
            Spec.of(1_000, 64, 256).at(1_000),
            WebhookScenario::new);

    /** Appends at a fixed rate beside catch-up readers and live readers. */
    public static final Kind MIXED = new Kind(
            "mixed",
            "Appends at a fixed rate, one writer for each stream, while readers read whole streams in a closed loop and"
                    + " subscribers follow streams by server-sent events; reports the latencies of each.",
            Spec.of(64, 64, 256).at(3_200).byProducers().with(new Spec.Readers(8, 64, false)),
            MixedScenario::new);

    /** Appends at a constant rate for a long time. */
    public static final Kind SUSTAINED = new Kind(
            "sustained",
            "Appends at a fixed rate for minutes, and reports the drift of latency and memory.",
            Spec.of(1_000, 64, 256).at(5_000),
            RequestScenario::append);

    /** Creates and deletes streams. */
    public static final Kind CHURN = new Kind(
            "churn",
            "Creates a stream, appends to it ten times, reads it, deletes it, and starts again.",
            Spec.of(1, 64, 1 << 10),
            RequestScenario::churn);

    /** All kinds. */
    public static final List<Kind> ALL = List.of(
            APPEND,
            APPEND_GROUPED,
            CREATE,
            READ_HOT,
            CATCH_UP,
            LONG_POLL,
            SSE,
            SSE_MANY,
            WEBHOOKS,
            MIXED,
            SUSTAINED,
            CHURN);

    /** Creates a scenario of this kind for a server. */
    public Scenario newScenario(Target target, Spec spec) {
        return factory.create(target, spec);
    }
}
