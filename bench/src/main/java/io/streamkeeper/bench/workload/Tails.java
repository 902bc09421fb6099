package io.streamkeeper.bench.workload;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.bench.load.ResponseParser;
import java.nio.charset.StandardCharsets;

/**
 * Finds out when a response that follows many streams has reached the tail of each, from which on it receives what is
 * appended. Passes all bytes on.
 */
final class Tails implements ResponseParser.BodySink {
    private static final byte[] MARK = "\"upToDate\":true".getBytes(StandardCharsets.US_ASCII);

    private final Runnable reached;
    private final ResponseParser.BodySink next;
    private int left;
    private int matched;

    /**
     * Waits for {@code streams} streams.
     *
     * @param reached called when all tails are reached
     */
    Tails(int streams, Runnable reached, ResponseParser.BodySink next) {
        this.left = streams;
        this.reached = reached;
        this.next = next;
    }

    @Override
    public void accept(ByteBuf in, int bytes) {
        int end = in.readerIndex() + bytes;
        for (int i = in.readerIndex(); left > 0 && i < end; i++) {
            acceptByte(in.getByte(i));
        }
        next.accept(in, bytes);
    }

    private void acceptByte(byte octet) {
        if (octet != MARK[matched]) {
            matched = octet == MARK[0] ? 1 : 0;
        } else if (++matched == MARK.length) {
            matched = 0;
            left--;
            if (left == 0) {
                reached.run();
            }
        }
    }
}
