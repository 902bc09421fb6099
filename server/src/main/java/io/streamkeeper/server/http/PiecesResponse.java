package io.streamkeeper.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.streamkeeper.server.http.route.Answer;
import java.nio.charset.StandardCharsets;

/**
 * A response whose body is created piece by piece: each piece is created when the client has received the previous one.
 * Owned by the connection's loop.
 */
final class PiecesResponse extends LongResponse {
    private static final ByteBuf LINE_END = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    private final Answer answer;
    private final Answer.Pieces pieces;

    /** A response with {@code pieces}, the body of {@code answer}; owns them from now on. */
    PiecesResponse(ConnectionHandler connection, Exchange exchange, Answer answer, Answer.Pieces pieces) {
        super(connection, exchange);
        this.answer = answer;
        this.pieces = pieces;
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Override
    boolean isLive() {
        return false;
    }

    @Override
    void begin() {
        if (!exchange.isFramed()) {
            exchange.closeAfter();
        }
        channel.write(connection.writer().beginPieces(exchange, answer), channel.voidPromise());
        if (exchange.isBodyless()) {
            end();
        } else {
            goOn();
        }
        connection.wrotePart();
    }

    @Override
    void goOn() {
        ByteBuf piece = pieces.next(channel.alloc());
        if (piece == null) {
            if (exchange.isFramed()) {
                channel.write(LAST_CHUNK.duplicate(), channel.voidPromise());
            }
            end();
            connection.wrotePart();
            connection.line().advance();
            return;
        }
        if (exchange.isFramed()) {
            String length = Integer.toHexString(piece.readableBytes()) + "\r\n";
            channel.write(ByteBufUtil.writeAscii(channel.alloc(), length), channel.voidPromise());
            channel.write(piece, channel.voidPromise());
            channel.write(LINE_END.duplicate(), channel.voidPromise());
        } else {
            channel.write(piece, channel.voidPromise());
        }
        connection.wrotePart();
        goOnWhenWritable();
    }

    /** Does nothing: such a response waits for no future data. */
    @Override
    void stopWaiting() {}

    @Override
    void release() {
        pieces.close();
    }
}
