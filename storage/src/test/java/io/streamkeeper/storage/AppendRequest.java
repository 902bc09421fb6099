package io.streamkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.streamkeeper.protocol.Body;
import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.JsonSplitter;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.protocol.Preconditions;
import io.streamkeeper.protocol.Producer;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;

/** An append in the making: of text to a stream of bytes, unless something else is said. */
public final class AppendRequest {
    private final String path;
    private String text = "";
    private ContentType type = ContentType.OCTET_STREAM;
    private boolean close;
    private Producer producer;
    private String streamSeq;
    private Offset expectedOffset;
    private Preconditions preconditions = Preconditions.NONE;
    private boolean broken;
    private byte[] raw;
    private Pieces pieces;
    private int pieceBytes;

    private AppendRequest(String path) {
        this.path = path;
    }

    public static AppendRequest to(String path) {
        return new AppendRequest(path);
    }

    public AppendRequest text(String newText) {
        text = newText;
        return this;
    }

    /** A body that is no text. */
    AppendRequest bytes(byte[] newBytes) {
        raw = newBytes;
        return this;
    }

    /** The text, or JSON, in pieces of memory that {@code newPieces} gives. */
    AppendRequest in(Pieces newPieces, int newPieceBytes) {
        pieces = newPieces;
        pieceBytes = newPieceBytes;
        return this;
    }

    AppendRequest json(String newText) {
        type = ContentType.JSON;
        return text(newText);
    }

    public AppendRequest type(ContentType newType) {
        type = newType;
        return this;
    }

    public AppendRequest close() {
        close = true;
        return this;
    }

    public AppendRequest by(String producerId, long epoch, long seq) {
        producer = new Producer(producerId, epoch, seq);
        return this;
    }

    public AppendRequest seq(String newStreamSeq) {
        streamSeq = newStreamSeq;
        return this;
    }

    public AppendRequest ifMatch(Offset tail) {
        preconditions = tail == null ? Preconditions.NONE : Preconditions.tailAt(tail);
        return this;
    }

    public AppendRequest insisting(Preconditions newPreconditions) {
        preconditions = newPreconditions;
        return this;
    }

    public AppendRequest expected(Offset tail) {
        expectedOffset = tail;
        return this;
    }

    /** With a body that its parser could not take. */
    public AppendRequest broken() {
        broken = true;
        return this;
    }

    Command.Append command() {
        return new Command.Append(
                new StreamPath(path),
                type,
                close,
                producer,
                streamSeq,
                expectedOffset,
                preconditions,
                body(text, type));
    }

    private Body body(String content, ContentType contentType) {
        if (broken) {
            Refusal problem = Refusal.of(ErrorCode.INVALID_JSON, "broken");
            return new Body(Unpooled.copiedBuffer("{", UTF_8), null, problem);
        }
        if (raw != null) {
            return Body.of(Unpooled.copiedBuffer(raw));
        }
        if (content.isEmpty()) {
            return Body.empty();
        }
        Body body = Body.of(
                pieces == null
                        ? Unpooled.copiedBuffer(content, UTF_8)
                        : pieces.gather(content.getBytes(UTF_8), pieceBytes));
        return contentType != null && contentType.isJson() ? new JsonSplitter().split(body.bytes()) : body;
    }
}
