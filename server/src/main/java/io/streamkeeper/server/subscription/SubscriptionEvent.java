package io.streamkeeper.server.subscription;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a subscription, one message of its log, see {@link EventJson}. It takes effect when it is durable; then
 * {@link SubscriptionState#apply} changes the state as it states, without a clock, a limit or a count.
 */
sealed interface SubscriptionEvent {
    /**
     * A snapshot begins; it has no effect before {@link Complete}.
     *
     * @param incarnation tells the subscription from a former one with its id
     * @param createdMillis milliseconds since 1970 UTC
     * @param spec the configuration
     * @param owner who has created it
     * @param generation that of the last wake; 0 for none
     * @param wake null for none
     * @param schedule of retries
     */
    record Begun(
            String incarnation,
            long createdMillis,
            SubscriptionSpec spec,
            SubscriptionOwner owner,
            long generation,
            @Nullable WakeInFlight wake,
            Schedule schedule)
            implements SubscriptionEvent {}

    /** Explicit streams and cursors of the snapshot that has begun. */
    record Part(List<String> explicit, List<Cursor> cursors) implements SubscriptionEvent {}

    /** The snapshot is complete, and replaces the state. */
    record Complete() implements SubscriptionEvent {}

    /** Streams are linked by name; those that had no link and have content have a cursor. */
    record Linked(List<String> streams, List<Cursor> cursors) implements SubscriptionEvent {}

    /** A stream is not linked by name any more. */
    record Unlinked(String stream) implements SubscriptionEvent {}

    /** A wake begins, in place of any other. */
    record Woken(WakeInFlight wake) implements SubscriptionEvent {}

    /** A worker has claimed the wake. */
    record Claimed(String holder, long leaseUntilMillis) implements SubscriptionEvent {}

    /** The receiver has accepted the wake and reports later; or the wake stream has accepted it after failures. */
    record Accepted() implements SubscriptionEvent {}

    /** A delivery has failed; the wake is kept, or ends. */
    record Failed(int attempts, long nextMillis, long delayMillis, String error, boolean keepsWake)
            implements SubscriptionEvent {}

    /** A worker acknowledges; its lease is extended, or with 0 its wake ends. */
    record Acked(List<Cursor> cursors, long leaseUntilMillis) implements SubscriptionEvent {}

    /** The receiver of a webhook has processed the whole snapshot. */
    record Done() implements SubscriptionEvent {}

    /** The wake ends without an acknowledgement, and nothing is scheduled any more. */
    record Ended() implements SubscriptionEvent {}

    /** An operator has set the cursor of a stream; the wake ends. */
    record Sought(Cursor cursor) implements SubscriptionEvent {}
}
