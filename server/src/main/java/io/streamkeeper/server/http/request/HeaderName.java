package io.streamkeeper.server.http.request;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The request fields that the server reads. Any other field is checked for its syntax and dropped. All lines of a field
 * that is a list form one list (RFC 9110 section 5.3). A field that is not a list may occur only once, except {@code
 * Stream-Closed}, which may be repeated with the same value (section 4.1).
 *
 * <p>The fields that a script of another origin may send follow from this list: all except those that browsers or
 * proxies set themselves.
 */
public enum HeaderName {
    HOST("host", Trait.SET_BY_BROWSERS),
    CONNECTION("connection", Trait.LIST, Trait.SET_BY_BROWSERS),
    CONTENT_LENGTH("content-length", Trait.SET_BY_BROWSERS),
    CONTENT_TYPE("content-type"),
    CONTENT_ENCODING("content-encoding", Trait.LIST),
    CONTENT_RANGE("content-range"),
    TRANSFER_ENCODING("transfer-encoding", Trait.SET_BY_BROWSERS),
    EXPECT("expect", Trait.SET_BY_BROWSERS),
    ACCEPT("accept", Trait.LIST),
    ACCEPT_ENCODING("accept-encoding", Trait.LIST, Trait.SET_BY_BROWSERS),
    ORIGIN("origin", Trait.SET_BY_BROWSERS),
    /** Some clients repeat it; the server then requires equal values, if it reads it at all. */
    AUTHORIZATION("authorization", Trait.LIST),
    /** Read from trusted proxies only. */
    X_FORWARDED_FOR("x-forwarded-for", Trait.LIST, Trait.SET_BY_PROXIES),
    /** An invalid one, such as a list, is ignored. */
    X_REQUEST_ID("x-request-id", Trait.LIST),
    TRACEPARENT("traceparent", Trait.LIST),
    IF_MATCH("if-match", Trait.LIST),
    IF_NONE_MATCH("if-none-match", Trait.LIST),
    LAST_EVENT_ID("last-event-id"),
    STREAM_TTL("stream-ttl"),
    STREAM_EXPIRES_AT("stream-expires-at"),
    STREAM_RETENTION_MAX_AGE("stream-retention-max-age"),
    STREAM_RETENTION_MAX_BYTES("stream-retention-max-bytes"),
    STREAM_RETENTION_MAX_MESSAGES("stream-retention-max-messages"),
    /** Another member of the cluster has passed the request on. */
    X_STREAM_FORWARDED("x-stream-forwarded", Trait.SET_BY_PROXIES),
    STREAM_SEQ("stream-seq"),
    STREAM_CLOSED("stream-closed"),
    STREAM_EXPECTED_OFFSET("stream-expected-offset"),
    STREAM_FORKED_FROM("stream-forked-from"),
    STREAM_FORK_OFFSET("stream-fork-offset"),
    STREAM_FORK_SUB_OFFSET("stream-fork-sub-offset"),
    PRODUCER_ID("producer-id"),
    PRODUCER_EPOCH("producer-epoch"),
    PRODUCER_SEQ("producer-seq");

    /** A property in which a field differs from others. */
    private enum Trait {
        /** It may occur in several lines. */
        LIST,
        /** Browsers set it, and do not let scripts set it (fetch standard, "forbidden request-header"). */
        SET_BY_BROWSERS,
        /** Proxies set it, and no client has a reason to. */
        SET_BY_PROXIES
    }

    /** Number of names. */
    public static final int COUNT = values().length;

    private static final HeaderName[][] BY_LENGTH = byLength();

    private final String text;
    /** Never changed. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[] bytes;

    private final boolean list;
    private final boolean setByScripts;

    HeaderName(String text, Trait... traits) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.US_ASCII);
        this.list = List.of(traits).contains(Trait.LIST);
        this.setByScripts = Collections.disjoint(List.of(traits), List.of(Trait.SET_BY_BROWSERS, Trait.SET_BY_PROXIES));
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

    /**
     * The name that equals {@code head[start, end)}, which is in lower case; null for one that the server does not
     * read.
     */
    public static @Nullable HeaderName of(byte[] head, int start, int end) {
        int length = end - start;
        if (length >= BY_LENGTH.length) {
            return null;
        }
        for (HeaderName name : BY_LENGTH[length]) {
            if (Arrays.equals(head, start, end, name.bytes, 0, length)) {
                return name;
            }
        }
        return null;
    }

    /** The fields that a script may set, in the order of this list. */
    public static Stream<HeaderName> setByScripts() {
        return Arrays.stream(values()).filter(name -> name.setByScripts);
    }

    /** A number from 0 to {@link #COUNT} - 1, for arrays with a slot for each name. */
    @SuppressWarnings("EnumOrdinal")
    public int slot() {
        return ordinal();
    }

    /** The name in lower case. */
    public String text() {
        return text;
    }

    /** Whether the field may occur in several lines. */
    public boolean isList() {
        return list;
    }
}
