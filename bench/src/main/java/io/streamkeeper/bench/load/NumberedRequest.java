package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A template of requests that differ only in the number at the end of the path and, optionally, in the producer's
 * sequence number. Each request is a copy with its own digits.
 */
public final class NumberedRequest {
    /** The digits of a stream's number, with leading zeros. */
    public static final int DIGITS = 7;

    /** The zeros in place of a number. */
    public static final String NUMBER = "0".repeat(DIGITS);

    /** The same for paths that end with the first digits as a segment and the last four as another. */
    public static final String GROUPED_NUMBER = "000/0000";

    /** The greatest number with that many digits. */
    public static final int NUMBER_MAX = 9_999_999;

    private static final int SEQUENCE_DIGITS = 10;
    private static final String ROOT = "/v1/stream/";
    private static final String CONTENT_TYPE = "Content-Type: application/octet-stream\r\n";
    private static final String SEQUENCE = "Producer-Seq: ";
    private static final long BODY_SEED = 42;

    private final ByteBuf template;
    private final int lastDigit;
    private final int lastSequenceDigit;

    /**
     * A request for streams with the path {@code path} and a number.
     *
     * @param query the query with its question mark, or empty
     * @param fields header fields, each with its line end
     */
    public NumberedRequest(String method, String path, String query, String fields, byte[] body) {
        this(method, path, NUMBER, query, fields, body);
    }

    /** The same with {@link #NUMBER} or {@link #GROUPED_NUMBER} at the end of the path. */
    public NumberedRequest(String method, String path, String number, String query, String fields, byte[] body) {
        String start = method + " " + path + number;
        String head = start
                + query
                + " HTTP/1.1\r\nHost: localhost\r\n"
                + fields
                + (body.length > 0 || method.equals("PUT") || method.equals("POST")
                        ? "Content-Length: " + body.length + "\r\n"
                        : "")
                + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        template = Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(bytes, body));
        lastDigit = start.length() - 1;
        int sequence = head.indexOf(SEQUENCE);
        lastSequenceDigit = sequence < 0 ? -1 : sequence + SEQUENCE.length() + SEQUENCE_DIGITS - 1;
    }

    private static NumberedRequest of(String method, String prefix, String query, String fields, byte[] body) {
        return new NumberedRequest(method, ROOT + prefix, query, fields, body);
    }

    /** The header field of the producer's sequence number. */
    public static String sequenceField() {
        return SEQUENCE + "0".repeat(SEQUENCE_DIGITS) + "\r\n";
    }

    /** Creates a stream with {@code bodyBytes} bytes. */
    public static NumberedRequest create(String prefix, int bodyBytes) {
        return of("PUT", prefix, "", CONTENT_TYPE, body(bodyBytes));
    }

    /** Creates an empty stream that expires. */
    public static NumberedRequest createWithTtl(String prefix, int ttlSeconds) {
        return of("PUT", prefix, "", CONTENT_TYPE + "Stream-TTL: " + ttlSeconds + "\r\n", body(0));
    }

    public static NumberedRequest append(String prefix, int bodyBytes) {
        return of("POST", prefix, "", CONTENT_TYPE, body(bodyBytes));
    }

    /** Reads a stream from its beginning. */
    public static NumberedRequest read(String prefix) {
        return of("GET", prefix, "?offset=-1", "", body(0));
    }

    public static NumberedRequest delete(String prefix) {
        return of("DELETE", prefix, "", "", body(0));
    }

    /** Writes the request for the stream with this number. */
    public void writeTo(ByteBuf out, long number) {
        writeTo(out, number, 0);
    }

    /** Writes the request for the stream with this number; a request with producer headers gets the sequence number. */
    public void writeTo(ByteBuf out, long number, long sequence) {
        if (number < 0 || number > NUMBER_MAX) {
            throw new IllegalArgumentException("stream " + number + " has too many digits; expected at most " + DIGITS);
        }
        int start = out.writerIndex();
        out.writeBytes(template, 0, template.readableBytes());
        putDigits(out, start + lastDigit, number);
        if (lastSequenceDigit >= 0) {
            putDigits(out, start + lastSequenceDigit, sequence);
        }
    }

    private static void putDigits(ByteBuf out, int lastIndex, long number) {
        long rest = number;
        for (int index = lastIndex; rest > 0; index--) {
            if (out.getByte(index) != '/') {
                out.setByte(index, (int) ('0' + rest % 10));
                rest /= 10;
            }
        }
    }

    /** Pseudo-random bytes, the same in each run. */
    public static byte[] body(int bytes) {
        byte[] body = new byte[bytes];
        new SplittableRandom(BODY_SEED).nextBytes(body);
        return body;
    }
}
