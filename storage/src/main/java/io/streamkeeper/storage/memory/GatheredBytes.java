package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A long body, in pieces of {@link BudgetedBuffers}. The store keeps the pieces themselves and then counts their bytes
 * in its own budget, because a copy of the body would occupy a loop while the kernel provides the same amount of memory
 * again. Owned by the owner of the buffer, and not changed after pieces of it are shared.
 */
public final class GatheredBytes extends CompositeByteBuf {
    /** A shorter body is copied into one piece; this takes no longer than a piece of work may. */
    public static final int BODY_BYTES_MIN = 1 << 20;

    /**
     * Pieces may be shared if they waste at most one part in this number of the wanted bytes: the pieces of a body of
     * unknown length are larger than needed.
     */
    private static final int WASTE_FRACTION = 4;

    /** Bytes of a piece of {@link #copyOf}. */
    private static final int PIECE_BYTES = 1 << 20;

    private final List<ByteBuf> parts;

    /** Takes ownership of {@code pieces}, whose readable bytes follow each other. */
    public GatheredBytes(List<ByteBuf> pieces) {
        super(UnpooledByteBufAllocator.DEFAULT, true, Math.max(2, pieces.size()));
        this.parts = List.copyOf(pieces);
        pieces.forEach(piece -> addComponent(true, piece));
    }

    /** A copy in pieces of {@code memory}, or null if it does not fit. */
    public static @Nullable GatheredBytes copyOf(byte[] bytes, BudgetedBuffers memory) {
        List<ByteBuf> pieces = new ArrayList<>(1 + bytes.length / PIECE_BYTES);
        boolean whole = false;
        try {
            for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
                int count = Math.min(PIECE_BYTES, bytes.length - at);
                ByteBuf piece = memory.tryAllocate(count);
                if (piece == null) {
                    return null;
                }
                pieces.add(piece);
                piece.writeBytes(bytes, at, count);
            }
            GatheredBytes gathered = new GatheredBytes(pieces);
            whole = true;
            return gathered;
        } finally {
            if (!whole) {
                pieces.forEach(ByteBuf::release);
            }
        }
    }

    /**
     * Counts the pieces that contain {@code count} bytes from {@code index} on in the budget of {@code memory}. Returns
     * false and changes nothing if a copy would be better, or if they do not fit.
     */
    boolean countIn(BudgetedBuffers memory, int index, int count) {
        List<ByteBuf> held = new ArrayList<>();
        long bytes = 0;
        int start = 0;
        for (ByteBuf part : parts) {
            int end = start + part.readableBytes();
            if (start < index + count && end > index) {
                held.add(part);
                bytes += part.capacity();
            }
            start = end;
        }
        return bytes - count <= count / WASTE_FRACTION && memory.tryTakeOver(held, bytes);
    }

    /** Adds {@code count} bytes from {@code index} on at the writer index of {@code out}, which shares the pieces. */
    public void shareWith(CompositeByteBuf out, int index, int count) {
        int start = 0;
        for (ByteBuf part : parts) {
            int end = start + part.readableBytes();
            int from = Math.max(start, index);
            int to = Math.min(end, index + count);
            if (from < to) {
                out.addComponent(true, part.retainedSlice(part.readerIndex() + from - start, to - from));
            }
            start = end;
        }
    }
}
