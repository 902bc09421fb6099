package io.streamkeeper.server.subscription;

import io.netty.channel.EventLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends wakes to webhooks (section 7.1). Used by all loops. */
public interface Deliveries {
    /** Why a delivery failed, or what the receiver answered. */
    sealed interface Result {
        /**
         * A status of success.
         *
         * @param done whether the body was an object with {@code "done": true}
         */
        record Accepted(boolean done) implements Result {}

        /**
         * Anything else.
         *
         * @param reason for people; contains no secret
         * @param retryAfterMillis what the receiver asks for, bounded; 0 if it asks for nothing
         */
        record Failed(String reason, long retryAfterMillis) implements Result {}
    }

    /** An attempt that is under way. */
    interface Attempt {
        /** Ends the attempt; its result is not reported. On the loop of the attempt. */
        void cancel();
    }

    /**
     * Sends one wake, signed with the current time.
     *
     * @param loop calls {@code result}, and makes this call
     * @param url checked when the subscription was created; its address is checked again
     * @param body the body of the request
     * @param timeoutMillis limits the whole attempt
     * @param result receives the result once, in a later turn of the loop
     * @return the attempt; null if as many are under way as are allowed: the caller waits until {@code room} is run
     */
    @Nullable
    Attempt send(EventLoop loop, String url, byte[] body, long timeoutMillis, Consumer<Result> result, Runnable room);
}
