package io.streamkeeper.server.subscription;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Appends the wakes of one subscription to its wake stream (section 7.2). Owned by the loop of the subscription.
 *
 * <pre>
 *   {"type":"wake","subscription_id":"…","stream":"a/b","generation":7,"ts":1778324210000}
 * </pre>
 */
final class WakeStreamWriter {
    /**
     * The result of an append.
     *
     * @param wakeId the wake
     * @param refusal why the wake is not in the stream; null if it is
     */
    record Written(String wakeId, @Nullable String refusal) {}

    /** After this time a wake that nobody has claimed is written again; then after twice as long, and so on. */
    private static final long REPEAT_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final int DOUBLINGS_MAX = 6;

    private final OwnedSubscription subscription;

    /** The wake that is in the stream, or on its way there. */
    private @Nullable String sent;

    private @Nullable Written written;

    /** The wake that is in the stream, and when it is written again; null while it is on its way there. */
    private @Nullable String kept;

    private long repeatNanos;

    /** The last wake that was in the stream, and how often it was written. */
    private @Nullable String counted;

    private int writes;

    WakeStreamWriter(OwnedSubscription subscription) {
        this.subscription = subscription;
    }

    /** The result of the append of a wake, once. */
    @Nullable
    Written takeWritten(WakeInFlight wake) {
        Written taken = written;
        written = null;
        if (taken == null || !taken.wakeId().equals(wake.id())) {
            return null;
        }
        if (taken.refusal() != null) {
            sent = null;
        } else {
            writes = wake.id().equals(counted) ? writes + 1 : 1;
            counted = wake.id();
            kept = wake.id();
            repeatNanos = now() + (REPEAT_NANOS << Math.min(writes - 1, DOUBLINGS_MAX));
        }
        return taken;
    }

    private long now() {
        return subscription.services().clock().monotonicNanos();
    }

    /** How long until a wake is written again, in nanoseconds; {@link Long#MAX_VALUE} if it is not in the stream. */
    long leftNanos(WakeInFlight wake) {
        return wake.id().equals(kept) ? Math.max(0, repeatNanos - now()) : Long.MAX_VALUE;
    }

    /**
     * Appends a wake, unless it was appended. It is appended again after some time, because the message may have been
     * dropped, or the stream deleted, before a worker has read it.
     */
    void writeIfDue(WakeInFlight wake) {
        if (leftNanos(wake) == 0) {
            sent = null;
            kept = null;
        }
        if (wake.id().equals(sent)) {
            return;
        }
        StreamPath path = subscription.state().spec().wakeStream();
        if (path == null) {
            throw new IllegalStateException("a wake without a wake stream");
        }
        sent = wake.id();
        SubscriptionServices services = subscription.services();
        if (!services.rights().mayAppend(subscription.state().owner(), path)) {
            subscription
                    .mailbox()
                    .tell(() -> took(wake, "the owner of the subscription may not append to the wake stream"));
            return;
        }
        Command.Append append =
                Command.Append.of(path, ContentType.JSON, subscription.home().messageBody(message(wake)));
        services.shards()
                .of(path)
                .execute(
                        append,
                        0,
                        outcome -> subscription
                                .mailbox()
                                .tell(() -> took(
                                        wake,
                                        outcome instanceof Refusal refusal
                                                ? "the wake stream refuses: " + refusal.message()
                                                : null)));
    }

    private void took(WakeInFlight wake, @Nullable String refusal) {
        written = new Written(wake.id(), refusal);
        subscription.next();
    }

    private byte[] message(WakeInFlight wake) {
        return SubscriptionJson.object(json -> {
            json.writeStringField("type", "wake");
            json.writeStringField("subscription_id", subscription.id());
            json.writeStringField("stream", wake.stream());
            json.writeNumberField("generation", wake.generation());
            json.writeNumberField("ts", subscription.services().clock().nowMillis());
        });
    }
}
