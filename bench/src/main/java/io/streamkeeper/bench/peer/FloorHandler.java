package io.streamkeeper.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import io.netty.util.AsciiString;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Responds at once: to writes with 201 or 204, to reads with as many zero bytes as were written. It stores only lengths
 * and does not validate requests. Owned by its connection's loop; all connections share the map of lengths.
 */
final class FloorHandler extends ChannelInboundHandlerAdapter {
    private static final AsciiString LENGTH = AsciiString.of("content-length: ");
    private static final byte[] END = {'\r', '\n', '\r', '\n'};
    private static final int SHORT_BYTES = 64 << 10;
    private static final ByteBuf CREATED = response("201 Created\r\nContent-Length: 0");
    private static final ByteBuf DONE = response("204 No Content");

    private final Map<String, Long> lengths;
    private final File bytes;
    private ByteBuf unread = Unpooled.EMPTY_BUFFER;

    FloorHandler(Map<String, Long> lengths, File bytes) {
        this.lengths = lengths;
        this.bytes = bytes;
    }

    private static ByteBuf response(String text) {
        byte[] head = ("HTTP/1.1 " + text + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        return Unpooled.unreleasableBuffer(Unpooled.directBuffer(head.length).writeBytes(head));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (unread.isReadable()) {
            in = context.alloc()
                    .buffer(unread.readableBytes() + in.readableBytes())
                    .writeBytes(unread)
                    .writeBytes(in);
            unread.release();
            ((ByteBuf) message).release();
            unread = Unpooled.EMPTY_BUFFER;
        }
        while (handleRequest(context, in)) {
            // One buffer may contain several requests.
        }
        if (in.isReadable()) {
            unread = in;
        } else {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
    }

    private boolean handleRequest(ChannelHandlerContext context, ByteBuf in) {
        int start = in.readerIndex();
        int end = endOfHead(in);
        if (end < 0) {
            return false;
        }
        byte method = in.getByte(start);
        int bodyBytes = method == 'P' ? bodyBytes(in, start, end) : 0;
        if (in.writerIndex() < end + bodyBytes) {
            return false;
        }
        if (method == 'P') {
            boolean creates = in.getByte(start + 1) == 'U';
            if (bodyBytes > 0 && (creates || bodyBytes > SHORT_BYTES)) {
                lengths.merge(path(in, start), (long) bodyBytes, (before, more) -> creates ? more : before + more);
            }
            context.write((creates ? CREATED : DONE).duplicate(), context.voidPromise());
        } else {
            read(context, lengths.getOrDefault(path(in, start), 0L));
        }
        in.readerIndex(end + bodyBytes);
        return true;
    }

    private void read(ChannelHandlerContext context, long length) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + length + "\r\n\r\n";
        ByteBuf out = context.alloc().buffer(head.length() + (int) Math.min(length, SHORT_BYTES));
        out.writeCharSequence(head, StandardCharsets.US_ASCII);
        if (length <= SHORT_BYTES) {
            context.write(out.writeZero((int) length), context.voidPromise());
        } else {
            context.write(out, context.voidPromise());
            context.write(new DefaultFileRegion(bytes, 0, length), context.voidPromise());
        }
    }

    private static String path(ByteBuf in, int start) {
        int from = in.indexOf(start, in.writerIndex(), (byte) ' ') + 1;
        int to = from;
        while (in.getByte(to) != ' ' && in.getByte(to) != '?') {
            to++;
        }
        return in.toString(from, to - from, StandardCharsets.US_ASCII);
    }

    private static int endOfHead(ByteBuf in) {
        for (int i = in.readerIndex(); i + END.length <= in.writerIndex(); i++) {
            if (in.getByte(i) == '\r' && in.getByte(i + 1) == '\n' && in.getByte(i + 2) == '\r') {
                return i + END.length;
            }
        }
        return -1;
    }

    private static int bodyBytes(ByteBuf in, int start, int end) {
        int line = in.indexOf(start, end, (byte) '\n') + 1;
        while (line < end - 2) {
            boolean isLength = true;
            for (int i = 0; i < LENGTH.length() && isLength; i++) {
                isLength = (in.getByte(line + i) | 0x20) == (LENGTH.byteAt(i) | 0x20);
            }
            if (isLength) {
                int value = 0;
                for (int i = line + LENGTH.length(); in.getByte(i) != '\r'; i++) {
                    value = value * 10 + in.getByte(i) - '0';
                }
                return value;
            }
            line = in.indexOf(line, end, (byte) '\n') + 1;
        }
        return 0;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        unread.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
