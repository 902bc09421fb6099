package io.streamkeeper.server.shard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.streamkeeper.storage.memory.Buffers;
import org.jspecify.annotations.Nullable;

/**
 * Joins the pieces of one answer, which may be as many as its bytes. Large pieces are not copied; small ones are copied
 * together, so that the answer is a flat list of pieces of a reasonable size. Owns the pieces that are added.
 */
final class Pieces {
    /** Shorter pieces are copied. */
    private static final int COPY_BYTES_MAX = 4 << 10;

    private static final int COPIES_BYTES = 16 << 10;

    private ByteBuf first = Buffers.NONE;
    private @Nullable CompositeByteBuf all;
    private @Nullable ByteBuf copies;
    private int bytes;

    /** Bytes of all pieces together. */
    int bytes() {
        return bytes;
    }

    /** Adds a piece, and owns it from then on. */
    void add(ByteBuf piece) {
        int length = piece.readableBytes();
        if (length == 0) {
            piece.release();
            return;
        }
        if (bytes == 0) {
            first = piece;
        } else {
            if (all == null) {
                all = Unpooled.compositeBuffer(Integer.MAX_VALUE);
                append(first);
                first = Buffers.NONE;
            }
            append(piece);
        }
        bytes += length;
    }

    private void append(ByteBuf piece) {
        if (piece.readableBytes() >= COPY_BYTES_MAX) {
            endCopies();
            composite().addComponent(true, piece);
            return;
        }
        if (copies != null && copies.maxWritableBytes() < piece.readableBytes()) {
            endCopies();
        }
        if (copies == null) {
            copies = ByteBufAllocator.DEFAULT.buffer(COPY_BYTES_MAX, COPIES_BYTES);
        }
        copies.writeBytes(piece);
        piece.release();
    }

    private void endCopies() {
        ByteBuf ended = copies;
        if (ended != null) {
            copies = null;
            composite().addComponent(true, ended);
        }
    }

    private CompositeByteBuf composite() {
        if (all == null) {
            throw new IllegalStateException("there is one piece only, expected a list");
        }
        return all;
    }

    /** All bytes, owned by the caller; nothing remains in this object. */
    ByteBuf take() {
        endCopies();
        ByteBuf taken = all == null ? first : all;
        first = Buffers.NONE;
        all = null;
        bytes = 0;
        return taken;
    }

    /** Releases all pieces. */
    void release() {
        take().release();
    }
}
