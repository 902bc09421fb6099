package io.streamkeeper.bench.load;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Parses a sequence of HTTP/1.1 responses, which arrive in pieces of any size: finds the status, the next offset and
 * the end of each, by {@code Content-Length} or chunks. Owned by its connection.
 */
public final class ResponseParser implements Response {
    /** Receives the bytes of bodies. */
    public interface BodySink {
        /** Ignores them. */
        BodySink NONE = (in, bytes) -> in.skipBytes(bytes);

        /** Reads exactly {@code bytes} bytes. */
        void accept(ByteBuf in, int bytes);
    }

    private enum State {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER
    }

    private static final byte[] PROTOCOL = ascii("http/1.1 ");
    private static final byte[] LENGTH = ascii("content-length:");
    private static final byte[] CODING = ascii("transfer-encoding:");
    private static final byte[] OFFSET = ascii("stream-next-offset:");
    private static final byte[] UP_TO_DATE = ascii("stream-up-to-date:");
    private static final int STATUS_END = PROTOCOL.length + 3;
    private static final int HEAD_BYTES_MAX = 64 << 10;
    private static final int HEAD_STEP_BYTES = 1 << 10;
    private static final int LENGTH_DIGITS_MAX = 15;

    private final BodySink sink;
    private byte[] head = new byte[HEAD_STEP_BYTES];
    private int headBytes;
    private State state = State.HEAD;
    private int status;
    private long bodyBytes;
    private long remainingBytes;
    private int lineBytes;
    private byte[] nextOffset = new byte[0];
    private boolean upToDate;

    public ResponseParser() {
        this(BodySink.NONE);
    }

    public ResponseParser(BodySink sink) {
        this.sink = sink;
    }

    /**
     * Reads bytes up to the end of the response.
     *
     * @return whether the response is complete; if it is, the next call begins the next one
     * @throws IllegalArgumentException if the bytes are not a response with a length or chunks
     */
    public boolean read(ByteBuf in) {
        if (state == State.HEAD && !readHead(in)) {
            return false;
        }
        boolean complete = state == State.BODY ? readBody(in) : readChunks(in);
        if (complete) {
            state = State.HEAD;
        }
        return complete;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public long bodyBytes() {
        return bodyBytes;
    }

    @Override
    public byte[] nextOffset() {
        return nextOffset;
    }

    @Override
    public boolean isUpToDate() {
        return upToDate;
    }

    private boolean readHead(ByteBuf in) {
        while (in.isReadable()) {
            if (headBytes == head.length) {
                if (headBytes == HEAD_BYTES_MAX) {
                    throw new IllegalArgumentException("response head is too long; expected at most " + HEAD_BYTES_MAX);
                }
                head = Arrays.copyOf(head, Math.min(HEAD_BYTES_MAX, head.length * 2));
            }
            int step = Math.min(Math.min(in.readableBytes(), HEAD_STEP_BYTES), head.length - headBytes);
            in.getBytes(in.readerIndex(), head, headBytes, step);
            int end = endOfHead(Math.max(0, headBytes - 3), headBytes + step);
            if (end >= 0) {
                in.skipBytes(end - headBytes);
                headBytes = 0;
                parseHead(end);
                return true;
            }
            in.skipBytes(step);
            headBytes += step;
        }
        return false;
    }

    /** The index after the empty line, or -1. */
    private int endOfHead(int from, int to) {
        for (int i = from; i + 3 < to; i++) {
            if (head[i] == '\r' && head[i + 1] == '\n' && head[i + 2] == '\r' && head[i + 3] == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private void parseHead(int end) {
        parseStatus();
        bodyBytes = -1;
        nextOffset = new byte[0];
        upToDate = false;
        boolean chunked = false;
        for (int line = endOfLine(0); line < end - 2; line = endOfLine(line)) {
            if (isNamed(line, LENGTH)) {
                bodyBytes = parseLength(line + LENGTH.length);
            } else if (isNamed(line, CODING)) {
                chunked = true;
            } else if (isNamed(line, OFFSET)) {
                nextOffset = value(line + OFFSET.length);
            } else if (isNamed(line, UP_TO_DATE)) {
                upToDate = true;
            }
        }
        boolean bodyless = status == 204 || status == 304;
        if (chunked) {
            bodyBytes = 0;
            state = State.CHUNK_SIZE;
        } else if (bodyBytes < 0 && !bodyless) {
            throw new IllegalArgumentException(
                    "response " + status + " has no length; expected Content-Length or chunks");
        } else {
            bodyBytes = bodyless ? 0 : bodyBytes;
            state = State.BODY;
        }
        remainingBytes = bodyBytes;
        lineBytes = 0;
    }

    private void parseStatus() {
        status = 0;
        for (int i = 0; i < STATUS_END; i++) {
            boolean expected = i < PROTOCOL.length ? lower(head[i]) == PROTOCOL[i] : isDigit(head[i]);
            if (!expected) {
                throw new IllegalArgumentException(
                        "byte " + i + " of the status line is " + head[i] + "; expected HTTP/1.1 and a status");
            }
            if (i >= PROTOCOL.length) {
                status = status * 10 + head[i] - '0';
            }
        }
    }

    private int endOfLine(int from) {
        int i = from;
        while (head[i] != '\n') {
            i++;
        }
        return i + 1;
    }

    private boolean isNamed(int line, byte[] name) {
        for (int i = 0; i < name.length; i++) {
            if (lower(head[line + i]) != name[i]) {
                return false;
            }
        }
        return true;
    }

    private byte[] value(int from) {
        int start = from;
        while (head[start] == ' ') {
            start++;
        }
        return Arrays.copyOfRange(head, start, endOfLine(start) - 2);
    }

    private long parseLength(int from) {
        byte[] digits = value(from);
        long length = 0;
        for (byte digit : digits) {
            length = length * 10 + digit - '0';
            if (!isDigit(digit) || digits.length > LENGTH_DIGITS_MAX) {
                throw new IllegalArgumentException("Content-Length is not a number of at most 15 digits");
            }
        }
        return length;
    }

    private boolean readBody(ByteBuf in) {
        passBody(in);
        return remainingBytes == 0;
    }

    private void passBody(ByteBuf in) {
        int bytes = (int) Math.min(remainingBytes, in.readableBytes());
        if (bytes > 0) {
            sink.accept(in, bytes);
            remainingBytes -= bytes;
        }
    }

    private boolean readChunks(ByteBuf in) {
        while (in.isReadable()) {
            switch (state) {
                case CHUNK_SIZE -> readSizeByte(in.readByte());
                case CHUNK -> {
                    passBody(in);
                    state = remainingBytes == 0 ? State.CHUNK_END : State.CHUNK;
                }
                case CHUNK_END -> state = in.readByte() == '\n' ? State.CHUNK_SIZE : State.CHUNK_END;
                default -> {
                    byte octet = in.readByte();
                    if (octet == '\n' && lineBytes == 0) {
                        return true;
                    }
                    lineBytes = octet == '\n' ? 0 : octet == '\r' ? lineBytes : lineBytes + 1;
                }
            }
        }
        return false;
    }

    private void readSizeByte(byte octet) {
        if (octet == '\n') {
            state = remainingBytes == 0 ? State.TRAILER : State.CHUNK;
            bodyBytes += remainingBytes;
            lineBytes = 0;
        } else if (octet != '\r') {
            int digit = Character.digit(octet, 16);
            if (digit < 0 || ++lineBytes > LENGTH_DIGITS_MAX) {
                throw new IllegalArgumentException("the size of a chunk is not a hexadecimal number");
            }
            remainingBytes = remainingBytes * 16 + digit;
        }
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    private static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
