package io.streamkeeper.storage;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.memory.Budget;
import io.streamkeeper.storage.memory.BudgetedBuffers;
import io.streamkeeper.storage.memory.GatheredBytes;
import java.util.ArrayList;
import java.util.List;

/** Bodies in pieces of memory, as long ones arrive. */
public final class Pieces {
    final Budget budget = new Budget("bodies", 64 << 20);
    private final BudgetedBuffers memory = new BudgetedBuffers(budget);

    /** Those of the last body. */
    final List<ByteBuf> last = new ArrayList<>();

    /** {@code bytes} in pieces of {@code pieceBytes}. */
    public static GatheredBytes of(byte[] bytes, int pieceBytes) {
        return new Pieces().gather(bytes, pieceBytes);
    }

    GatheredBytes gather(byte[] bytes, int pieceBytes) {
        last.clear();
        try {
            for (int at = 0; at < bytes.length; at += pieceBytes) {
                int count = Math.min(pieceBytes, bytes.length - at);
                last.add(memory.tryAllocate(count).writeBytes(bytes, at, count));
            }
        } catch (OutOfMemoryError e) {
            last.forEach(ByteBuf::release);
            throw e;
        }
        return new GatheredBytes(last);
    }
}
