package io.streamkeeper.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A request that the server does not carry out, with the reason: a value, not an exception. Beside code and message it
 * carries what the protocol wants told with some refusals.
 *
 * @param code what kind of refusal
 * @param message one sentence for a person; it names the value and what was expected
 * @param nextOffset the stream's tail, where the protocol tells it (closed stream, failed {@code If-Match})
 * @param closed whether the stream is closed
 * @param producer what is told of the producer, where its epoch or sequence was the reason
 * @param earliestOffset the first offset that can be read, where what was asked for is before it
 */
public record Refusal(
        ErrorCode code,
        String message,
        @Nullable Offset nextOffset,
        boolean closed,
        @Nullable ProducerConflict producer,
        @Nullable Offset earliestOffset)
        implements Outcome {

    /**
     * What a producer is told that was fenced or that left a gap (section 5.2.1).
     *
     * @param currentEpoch the epoch that the server holds, or -1 where it is not told
     * @param expectedSeq the sequence number that would have been taken, or -1 where it is not told
     * @param receivedSeq the sequence number that came, or -1 where it is not told
     */
    public record ProducerConflict(long currentEpoch, long expectedSeq, long receivedSeq) {}

    /**
     * {@return a refusal that tells nothing but its reason}
     *
     * @param code what kind of refusal
     * @param message one sentence for a person; it names the value and what was expected
     */
    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, message, null, false, null, null);
    }

    /**
     * {@return a refusal that tells the stream's tail and whether it is closed}
     *
     * @param code what kind of refusal
     * @param message one sentence for a person
     * @param nextOffset the stream's tail
     * @param closed whether the stream is closed
     */
    public static Refusal at(ErrorCode code, String message, Offset nextOffset, boolean closed) {
        return new Refusal(code, message, nextOffset, closed, null, null);
    }

    /**
     * {@return the refusal of an offset that retention has let go of}
     *
     * @param message one sentence for a person
     * @param earliest the first offset that can be read
     */
    public static Refusal retained(String message, Offset earliest) {
        return new Refusal(ErrorCode.OFFSET_GONE, message, null, false, null, earliest);
    }

    /**
     * {@return the refusal of a producer whose epoch has been followed by another}
     *
     * @param message one sentence for a person
     * @param currentEpoch the epoch that the server holds
     */
    public static Refusal staleEpoch(String message, long currentEpoch) {
        return new Refusal(
                ErrorCode.STALE_PRODUCER_EPOCH, message, null, false, new ProducerConflict(currentEpoch, -1, -1), null);
    }

    /**
     * {@return the refusal of a producer that left out sequence numbers}
     *
     * @param message one sentence for a person
     * @param expectedSeq the sequence number that would have been taken
     * @param receivedSeq the sequence number that came
     */
    public static Refusal sequenceGap(String message, long expectedSeq, long receivedSeq) {
        return new Refusal(
                ErrorCode.PRODUCER_SEQUENCE_GAP,
                message,
                null,
                false,
                new ProducerConflict(-1, expectedSeq, receivedSeq),
                null);
    }
}
