package io.streamkeeper.client.api;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.Refusal.ProducerConflict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a request to a stream. The message names the value and what was expected; the subclass documents the
 * cause and contains the values that the protocol returns with it.
 *
 * <p>A write that fails with it has written nothing, except with {@link Unavailable}: then the outcome is unknown. If
 * the request repeats an earlier write, that write may be in the stream: a closed stream answers {@link Closed} to all
 * clients except the one that closed it (section 5.2.1).
 */
public abstract sealed class StreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The answer to a client that exceeds a rate limit (section 5.5); our server has no such limit. */
    private static final int TOO_MANY_REQUESTS = 429;

    /** As over HTTP. */
    private final String code;

    /** As over HTTP; 0 if no answer arrived. */
    private final int status;

    private StreamException(ErrorCode code, String message) {
        this(code.code(), code.status(), message, null);
    }

    private StreamException(String code, int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.status = status;
    }

    /**
     * {@return the exception for a refusal}
     *
     * @param refusal its code decides the subclass; a code without a dedicated class becomes {@link Invalid} if its
     *     status is below 500, else {@link Unavailable}
     */
    public static StreamException of(Refusal refusal) {
        ErrorCode code = refusal.code();
        String message = refusal.message();
        ProducerConflict producer = refusal.producer();
        return switch (code) {
            case STREAM_NOT_FOUND, SOURCE_NOT_FOUND, SUBSCRIPTION_NOT_FOUND -> new NotFound(code, message);
            case STREAM_DELETED, SOURCE_DELETED -> new Deleted(code, message);
            case STREAM_EXISTS, SUBSCRIPTION_EXISTS -> new Exists(code, message);
            case STREAM_CLOSED -> new Closed(message, text(refusal.nextOffset()));
            case CONTENT_TYPE_MISMATCH -> new ContentTypeMismatch(message);
            case SEQUENCE_REGRESSION -> new SequenceRegression(message, text(refusal.nextOffset()));
            case PRODUCER_SEQUENCE_GAP ->
                new ProducerGap(
                        message,
                        producer == null ? -1 : producer.expectedSeq(),
                        producer == null ? -1 : producer.receivedSeq());
            case STALE_PRODUCER_EPOCH -> new ProducerFenced(message, producer == null ? -1 : producer.currentEpoch());
            case OFFSET_GONE -> {
                Offset earliest = refusal.earliestOffset();
                yield new OffsetGone(message, earliest == null ? null : earliest.toString());
            }
            case OFFSET_MISMATCH, EXPECTED_OFFSET_CONFLICT ->
                new OffsetMismatch(code, message, text(refusal.nextOffset()));
            case METADATA_MISMATCH -> new MetadataMismatch(message, refusal.metadataTag());
            case FENCED, WAKE_TOKEN_EXPIRED -> new Fenced(code, message);
            case ALREADY_CLAIMED -> new AlreadyClaimed(message, refusal.lease());
            case NO_PENDING_WORK -> new NoPendingWork(message);
            default ->
                code.status() < 500 && code.status() != TOO_MANY_REQUESTS
                        ? new Invalid(code.code(), code.status(), message)
                        : new Unavailable(code.code(), code.status(), message, null);
        };
    }

    /**
     * Returns the exception for an error response to a read, which may come from another implementation.
     *
     * @param status the status of the response, 300 or more
     * @param code the code in the body of the response; if it is null, the status decides
     * @param message one sentence for a person
     * @param earliestOffset the first offset that can be read, or null if the response does not contain it
     * @param retryAfter how long the server requests the client to wait, or null
     * @return {@link NotFound}, {@link Deleted}, {@link OffsetGone}, {@link Unavailable} or {@link Invalid}
     */
    public static StreamException ofAnswer(
            int status,
            @Nullable String code,
            String message,
            @Nullable String earliestOffset,
            @Nullable Duration retryAfter) {
        String effectiveCode = code == null ? "status_" + status : code;
        if (status == ErrorCode.STREAM_NOT_FOUND.status()) {
            return new NotFound(code == null ? ErrorCode.STREAM_NOT_FOUND.code() : code, message);
        }
        if (status == ErrorCode.OFFSET_GONE.status()) {
            boolean deleted = effectiveCode.equals(ErrorCode.STREAM_DELETED.code()) && earliestOffset == null;
            return deleted ? new Deleted(effectiveCode, message) : new OffsetGone(message, earliestOffset);
        }
        boolean passing = status >= 500 || status == ErrorCode.REQUEST_TIMEOUT.status() || status == TOO_MANY_REQUESTS;
        return passing
                ? new Unavailable(effectiveCode, status, message, null, retryAfter)
                : new Invalid(effectiveCode, status, message);
    }

    private static String text(@Nullable Offset offset) {
        return String.valueOf(offset);
    }

    /** {@return the code that the same refusal has over HTTP, such as {@code stream_not_found}} */
    public String code() {
        return code;
    }

    /** {@return the status that the same refusal has over HTTP; 0 if no answer arrived} */
    public int status() {
        return status;
    }

    /** The stream, the source of a fork, or the subscription does not exist. */
    public static final class NotFound extends StreamException {
        private static final long serialVersionUID = 1L;

        NotFound(ErrorCode code, String message) {
            super(code, message);
        }

        NotFound(String code, String message) {
            super(code, ErrorCode.STREAM_NOT_FOUND.status(), message, null);
        }
    }

    /** The stream is deleted, but forks still need its data: its path cannot be used until they are deleted too. */
    public static final class Deleted extends StreamException {
        private static final long serialVersionUID = 1L;

        Deleted(ErrorCode code, String message) {
            super(code, message);
        }

        Deleted(String code, String message) {
            super(code, ErrorCode.STREAM_DELETED.status(), message, null);
        }
    }

    /** A stream with other options exists at the path, or a subscription with other options. */
    public static final class Exists extends StreamException {
        private static final long serialVersionUID = 1L;

        Exists(ErrorCode code, String message) {
            super(code, message);
        }
    }

    /** The stream is closed to appends. */
    public static final class Closed extends StreamException {
        private static final long serialVersionUID = 1L;

        /** Where the stream ends. */
        private final String nextOffset;

        Closed(String message, String nextOffset) {
            super(ErrorCode.STREAM_CLOSED, message);
            this.nextOffset = nextOffset;
        }

        /** {@return where the stream ends: an offset} */
        public String nextOffset() {
            return nextOffset;
        }
    }

    /** The content, or the request, has another type than the stream, or a stream cannot have the type of a change. */
    public static final class ContentTypeMismatch extends StreamException {
        private static final long serialVersionUID = 1L;

        ContentTypeMismatch(String message) {
            super(ErrorCode.CONTENT_TYPE_MISMATCH, message);
        }
    }

    /** The {@code Stream-Seq} does not sort after the last one. */
    public static final class SequenceRegression extends StreamException {
        private static final long serialVersionUID = 1L;

        /** Where the tail is. */
        private final String currentOffset;

        SequenceRegression(String message, String currentOffset) {
            super(ErrorCode.SEQUENCE_REGRESSION, message);
            this.currentOffset = currentOffset;
        }

        /** {@return where the tail is: an offset} */
        public String currentOffset() {
            return currentOffset;
        }
    }

    /** A producer skipped sequence numbers: an append before this one never arrived. */
    public static final class ProducerGap extends StreamException {
        private static final long serialVersionUID = 1L;

        /** The number that the stream expected; -1 if it is not known. */
        private final long expectedSeq;

        /** The number of the append; -1 if it is not known. */
        private final long receivedSeq;

        ProducerGap(String message, long expectedSeq, long receivedSeq) {
            super(ErrorCode.PRODUCER_SEQUENCE_GAP, message);
            this.expectedSeq = expectedSeq;
            this.receivedSeq = receivedSeq;
        }

        /** {@return the number that the stream expected, from which to append again; -1 if it is not known} */
        public long expectedSeq() {
            return expectedSeq;
        }

        /** {@return the number of the append; -1 if it is not known} */
        public long receivedSeq() {
            return receivedSeq;
        }
    }

    /** A later epoch of the producer has begun; this epoch can no longer write. */
    public static final class ProducerFenced extends StreamException {
        private static final long serialVersionUID = 1L;

        /** The later epoch; -1 if it is not known. */
        private final long currentEpoch;

        ProducerFenced(String message, long currentEpoch) {
            super(ErrorCode.STALE_PRODUCER_EPOCH, message);
            this.currentEpoch = currentEpoch;
        }

        /** {@return the later epoch; -1 if it is not known} */
        public long currentEpoch() {
            return currentEpoch;
        }
    }

    /** Retention has dropped the data to read, or the offset belongs to an earlier stream at this path. */
    public static final class OffsetGone extends StreamException {
        private static final long serialVersionUID = 1L;

        /** The first offset that can be read, or null. */
        private final @Nullable String earliestOffset;

        /**
         * Creates the exception for an offset that cannot be read.
         *
         * @param message one sentence for a person
         * @param earliestOffset the first offset that can be read; null where the offset was of an earlier stream at
         *     this path
         */
        public OffsetGone(String message, @Nullable String earliestOffset) {
            super(ErrorCode.OFFSET_GONE, message);
            this.earliestOffset = earliestOffset;
        }

        /** {@return the first offset that can be read; null if the offset belongs to an earlier stream at this path} */
        public @Nullable String earliestOffset() {
            return earliestOffset;
        }
    }

    /** Another writer has appended: the tail is not at {@code ifMatch} or {@code expectedOffset}. */
    public static final class OffsetMismatch extends StreamException {
        private static final long serialVersionUID = 1L;

        /** Where the tail is. */
        private final String currentOffset;

        OffsetMismatch(ErrorCode code, String message, String currentOffset) {
            super(code, message);
            this.currentOffset = currentOffset;
        }

        /** {@return where the tail is: an offset} */
        public String currentOffset() {
            return currentOffset;
        }
    }

    /** The metadata was changed: it does not have the tag that {@link MetadataOptions#ifMatch} requires. */
    public static final class MetadataMismatch extends StreamException {
        private static final long serialVersionUID = 1L;

        /** The tag of the present metadata, or null. */
        private final @Nullable String currentTag;

        MetadataMismatch(String message, @Nullable String currentTag) {
            super(ErrorCode.METADATA_MISMATCH, message);
            this.currentTag = currentTag;
        }

        /** {@return the tag of the present metadata; null if it is not known} */
        public @Nullable String currentTag() {
            return currentTag;
        }
    }

    /**
     * A worker does not have the work of a subscription any more: its lease has ended, or another wake has replaced its own.
     * It stops; what it has not acknowledged is done again.
     */
    public static final class Fenced extends StreamException {
        private static final long serialVersionUID = 1L;

        Fenced(ErrorCode code, String message) {
            super(code, message);
        }
    }

    /** Another worker has the work of the subscription. */
    public static final class AlreadyClaimed extends StreamException {
        private static final long serialVersionUID = 1L;

        /** The name of that worker, or null. */
        private final @Nullable String holder;

        /** The generation of its wake; -1 if it is not known. */
        private final long generation;

        AlreadyClaimed(String message, Refusal.@Nullable Lease lease) {
            super(ErrorCode.ALREADY_CLAIMED, message);
            this.holder = lease == null ? null : lease.holder();
            this.generation = lease == null ? -1 : lease.generation();
        }

        /** {@return the name of the worker that has the work; null if it is not known} */
        public @Nullable String holder() {
            return holder;
        }

        /** {@return the generation of its wake; -1 if it is not known} */
        public long generation() {
            return generation;
        }
    }

    /** The subscription has no work to claim: everything in its streams is acknowledged. */
    public static final class NoPendingWork extends StreamException {
        private static final long serialVersionUID = 1L;

        NoPendingWork(String message) {
            super(ErrorCode.NO_PENDING_WORK, message);
        }
    }

    /**
     * The request is invalid for any stream, because of an offset, a path, JSON or an option; or the response of a
     * server violates the protocol or is too large.
     */
    public static final class Invalid extends StreamException {
        private static final long serialVersionUID = 1L;

        /**
         * Creates the exception for a refusal without a dedicated class.
         *
         * @param code as over HTTP, such as {@code invalid_offset}
         * @param status as over HTTP, below 500
         * @param message one sentence for a person; it names the value and what was expected
         */
        public Invalid(String code, int status, String message) {
            super(code, status, message, null);
        }
    }

    /**
     * The streams are not available now: they are overloaded, the disk is full or has failed, they are being closed, or
     * the server cannot be reached. A later retry may succeed; a write may have taken effect, unless the {@link #code}
     * is {@code overloaded} or {@code storage_full}.
     */
    public static final class Unavailable extends StreamException {
        private static final long serialVersionUID = 1L;

        /** How long the server requests the client to wait; null if it does not. */
        private final @Nullable Duration retryAfter;

        /**
         * Creates the exception for streams that are not available.
         *
         * @param code as over HTTP, such as {@code shutting_down}
         * @param status as over HTTP, 500 or more; 0 if no answer arrived
         * @param message one sentence for a person
         * @param cause why no answer arrived; null if one did
         */
        public Unavailable(String code, int status, String message, @Nullable Throwable cause) {
            this(code, status, message, cause, null);
        }

        Unavailable(String code, int status, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
            super(code, status, message, cause);
            this.retryAfter = retryAfter;
        }

        /** {@return how long the server requests the client to wait before a retry; null if it does not} */
        public @Nullable Duration retryAfter() {
            return retryAfter;
        }
    }
}
