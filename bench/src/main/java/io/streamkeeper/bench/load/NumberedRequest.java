package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A request that is encoded once and differs in the number that ends its path only: it is copied, and the digits are
 * written over.
 */
public final class NumberedRequest {
    /** The digits of a number, with leading zeros. */
    static final int DIGITS = 7;

    private static final String ROOT = "/v1/stream/";
    private static final String CONTENT_TYPE = "Content-Type: application/octet-stream\r\n";
    private static final long BODY_SEED = 42;
    private static final long NUMBER_MAX = 9_999_999;

    private final ByteBuf template;
    private final int lastDigit;

    private NumberedRequest(String method, String prefix, String query, String fields, byte[] body) {
        String start = method + " " + ROOT + prefix;
        String head = start
                + "0".repeat(DIGITS)
                + query
                + " HTTP/1.1\r\nHost: localhost\r\n"
                + fields
                + (body.length > 0 || method.equals("PUT") ? "Content-Length: " + body.length + "\r\n" : "")
                + "\r\n";
        byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
        template = Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length + body.length)
                .writeBytes(bytes)
                .writeBytes(body));
        lastDigit = start.length() + DIGITS - 1;
    }

    /** Creates a stream, empty or with a first append of {@code bodyBytes}. */
    public static NumberedRequest create(String prefix, int bodyBytes) {
        return new NumberedRequest("PUT", prefix, "", CONTENT_TYPE, body(bodyBytes));
    }

    /** Creates an empty stream that expires. */
    public static NumberedRequest createWithTtl(String prefix, int ttlSeconds) {
        return new NumberedRequest("PUT", prefix, "", CONTENT_TYPE + "Stream-TTL: " + ttlSeconds + "\r\n", body(0));
    }

    public static NumberedRequest append(String prefix, int bodyBytes) {
        return new NumberedRequest("POST", prefix, "", CONTENT_TYPE, body(bodyBytes));
    }

    /** Reads a stream from its beginning. */
    public static NumberedRequest read(String prefix) {
        return new NumberedRequest("GET", prefix, "?offset=-1", "", body(0));
    }

    public static NumberedRequest delete(String prefix) {
        return new NumberedRequest("DELETE", prefix, "", "", body(0));
    }

    /** Writes the request for the stream with this number. */
    public void writeTo(ByteBuf out, long number) {
        if (number < 0 || number > NUMBER_MAX) {
            throw new IllegalArgumentException("stream " + number + " has too many digits; expected at most " + DIGITS);
        }
        int start = out.writerIndex();
        out.writeBytes(template, 0, template.readableBytes());
        long rest = number;
        for (int index = start + lastDigit; rest > 0; index--) {
            out.setByte(index, (int) ('0' + rest % 10));
            rest /= 10;
        }
    }

    private static byte[] body(int bytes) {
        byte[] body = new byte[bytes];
        new SplittableRandom(BODY_SEED).nextBytes(body);
        return body;
    }
}
