package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A request that the server refuses, with the reason: a value, not an exception. It has the fields that the protocol
 * requires of some refusals.
 *
 * @param code what kind of refusal
 * @param message one sentence for a person; it names the value and what was expected
 * @param nextOffset the tail of the stream, where the protocol requires it (closed stream, failed {@code If-Match})
 * @param closed whether the stream is closed
 * @param producer the state of the producer, where its epoch or sequence number is the reason
 * @param earliestOffset the first offset that can be read, where the requested one is before it
 * @param metadataTag the entity tag of the stream's metadata without its quotes, where a condition on it is false
 * @param lease who holds the lease of a subscription, where that is the reason
 */
public record Refusal(
        ErrorCode code,
        String message,
        @Nullable Offset nextOffset,
        boolean closed,
        @Nullable ProducerConflict producer,
        @Nullable Offset earliestOffset,
        @Nullable String metadataTag,
        @Nullable Lease lease)
        implements Outcome {

    /**
     * The producer headers of a refusal for a stale epoch or a gap (section 5.2.1).
     *
     * @param currentEpoch the current epoch, or -1 where the response does not contain it
     * @param expectedSeq the sequence number that the server expects, or -1 where the response does not contain it
     * @param receivedSeq the sequence number that the client sent, or -1 where the response does not contain it
     */
    public record ProducerConflict(long currentEpoch, long expectedSeq, long receivedSeq) {}

    /**
     * The lease of a subscription (section 7.2).
     *
     * @param holder the name of the worker that holds it
     * @param generation that of its wake
     */
    public record Lease(String holder, long generation) {}

    /**
     * {@return a refusal with a code and a message only}
     *
     * @param code what kind of refusal
     * @param message one sentence for a person; it names the value and what was expected
     */
    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, message, null, false, null, null, null, null);
    }

    /**
     * {@return a refusal with the tail of the stream and whether it is closed}
     *
     * @param code what kind of refusal
     * @param message one sentence for a person
     * @param nextOffset the tail of the stream
     * @param closed whether the stream is closed
     */
    public static Refusal at(ErrorCode code, String message, Offset nextOffset, boolean closed) {
        return new Refusal(code, message, nextOffset, closed, null, null, null, null);
    }

    /**
     * {@return the refusal of an offset whose data retention has dropped}
     *
     * @param message one sentence for a person
     * @param earliest the first offset that can be read
     */
    public static Refusal retained(String message, Offset earliest) {
        return new Refusal(ErrorCode.OFFSET_GONE, message, null, false, null, earliest, null, null);
    }

    /**
     * {@return the refusal of a change of metadata whose condition is false}
     *
     * @param code what kind of refusal
     * @param message one sentence for a person
     * @param metadataTag the tag of the present metadata, without its quotes
     */
    static Refusal ofMetadata(ErrorCode code, String message, String metadataTag) {
        return new Refusal(code, message, null, false, null, null, metadataTag, null);
    }

    /**
     * {@return the refusal of a producer with a stale epoch}
     *
     * @param message one sentence for a person
     * @param currentEpoch the current epoch of the producer
     */
    public static Refusal staleEpoch(String message, long currentEpoch) {
        return new Refusal(
                ErrorCode.STALE_PRODUCER_EPOCH,
                message,
                null,
                false,
                new ProducerConflict(currentEpoch, -1, -1),
                null,
                null,
                null);
    }

    /**
     * {@return the refusal of a producer that skipped sequence numbers}
     *
     * @param message one sentence for a person
     * @param expectedSeq the sequence number that the server expects
     * @param receivedSeq the sequence number that the client sent
     */
    public static Refusal sequenceGap(String message, long expectedSeq, long receivedSeq) {
        return new Refusal(
                ErrorCode.PRODUCER_SEQUENCE_GAP,
                message,
                null,
                false,
                new ProducerConflict(-1, expectedSeq, receivedSeq),
                null,
                null,
                null);
    }

    /**
     * {@return the refusal of a claim, because another worker holds the lease}
     *
     * @param message one sentence for a person
     * @param lease who holds it
     */
    public static Refusal claimed(String message, Lease lease) {
        return new Refusal(ErrorCode.ALREADY_CLAIMED, message, null, false, null, null, null, lease);
    }
}
