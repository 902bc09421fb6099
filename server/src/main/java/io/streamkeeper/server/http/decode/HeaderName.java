package io.streamkeeper.server.http.decode;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The request fields that the server reads. Any other field is checked for its syntax and forgotten. All lines of a field
 * that is a list are one list (RFC 9110 section 5.3). Any other may come once only, but for {@code Stream-Closed}, which
 * may be repeated with the same value (section 4.1).
 */
public enum HeaderName {
    HOST("host"),
    CONNECTION("connection", true),
    CONTENT_LENGTH("content-length"),
    CONTENT_TYPE("content-type"),
    CONTENT_ENCODING("content-encoding", true),
    CONTENT_RANGE("content-range"),
    TRANSFER_ENCODING("transfer-encoding"),
    EXPECT("expect"),
    ACCEPT("accept", true),
    ACCEPT_ENCODING("accept-encoding", true),
    AUTHORIZATION("authorization"),
    ORIGIN("origin"),
    ACCESS_CONTROL_REQUEST_METHOD("access-control-request-method"),
    ACCESS_CONTROL_REQUEST_HEADERS("access-control-request-headers", true),
    IF_MATCH("if-match", true),
    IF_NONE_MATCH("if-none-match", true),
    LAST_EVENT_ID("last-event-id"),
    STREAM_TTL("stream-ttl"),
    STREAM_EXPIRES_AT("stream-expires-at"),
    STREAM_RETENTION_MAX_AGE("stream-retention-max-age"),
    STREAM_RETENTION_MAX_BYTES("stream-retention-max-bytes"),
    STREAM_RETENTION_MAX_MESSAGES("stream-retention-max-messages"),
    STREAM_SEQ("stream-seq"),
    STREAM_CLOSED("stream-closed"),
    STREAM_EXPECTED_OFFSET("stream-expected-offset"),
    STREAM_FORKED_FROM("stream-forked-from"),
    STREAM_FORK_OFFSET("stream-fork-offset"),
    STREAM_FORK_SUB_OFFSET("stream-fork-sub-offset"),
    PRODUCER_ID("producer-id"),
    PRODUCER_EPOCH("producer-epoch"),
    PRODUCER_SEQ("producer-seq");

    static final int COUNT = values().length;

    private static final HeaderName[][] BY_LENGTH = byLength();

    private final String text;
    private final boolean list;

    HeaderName(String text) {
        this(text, false);
    }

    HeaderName(String text, boolean list) {
        this.text = text;
        this.list = list;
    }

    private static HeaderName[][] byLength() {
        int lengthMax = Arrays.stream(values())
                .mapToInt(name -> name.text.length())
                .max()
                .orElse(0);
        return IntStream.rangeClosed(0, lengthMax)
                .mapToObj(length -> Arrays.stream(values())
                        .filter(name -> name.text.length() == length)
                        .toArray(HeaderName[]::new))
                .toArray(HeaderName[][]::new);
    }

    /** The name that {@code head[start, end)} is, which is in lower case; null for one that the server does not read. */
    static @Nullable HeaderName of(byte[] head, int start, int end) {
        int length = end - start;
        if (length >= BY_LENGTH.length) {
            return null;
        }
        for (HeaderName name : BY_LENGTH[length]) {
            if (Octets.equals(head, start, end, name.text)) {
                return name;
            }
        }
        return null;
    }

    /** A number from 0 to {@link #COUNT} - 1, for arrays with a slot for each name. */
    @SuppressWarnings("EnumOrdinal")
    int slot() {
        return ordinal();
    }

    /** The name in lower case. */
    public String text() {
        return text;
    }

    /** Whether the field may come in several lines. */
    boolean isList() {
        return list;
    }
}
