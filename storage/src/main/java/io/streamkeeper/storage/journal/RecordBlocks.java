package io.streamkeeper.storage.journal;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.GatheredBytes;
import io.streamkeeper.storage.memory.MemoryBudget;
import io.streamkeeper.storage.memory.OpenBlock;
import io.streamkeeper.storage.record.Payload;
import java.util.function.IntFunction;

/**
 * The blocks that a journal writes records into. A payload is copied into a block, unless it is a long one in its own
 * pieces of memory, to which nothing is added: then these pieces become a block, with room for the bytes before and after them, and nothing is
 * copied, however long the payload is. Owned by the shard's loop.
 */
final class RecordBlocks {
    private final MemoryBudget budget;
    private final IntFunction<ByteBuf> memory;
    private final OpenBlock open;

    /**
     * Allocates blocks with {@code memory}, which throws if no memory is left and whose allocations count in {@code
     * budget}.
     */
    RecordBlocks(MemoryBudget budget, IntFunction<ByteBuf> memory) {
        this.budget = budget;
        this.memory = memory;
        this.open = new OpenBlock(memory);
    }

    /**
     * A block for a payload, to be written with {@link #write} and entered before the next call.
     *
     * @param bytesBefore the most bytes that are written before the payload
     * @param bytesBehind the most bytes that are written after it
     */
    Block blockFor(Payload payload, int bytesBefore, int bytesBehind) {
        if (payload.isContiguous()
                && payload.bytes() instanceof GatheredBytes gathered
                && budget.tryTakeOver(gathered, payload.start(), payload.bodyBytes())) {
            return open.blockOf(new Sharing(memory.apply(bytesBefore + payload.endBytes() + bytesBehind), bytesBefore));
        }
        return open.blockFor(bytesBefore + payload.storedBytes() + bytesBehind);
    }

    /** Writes a payload at the writer index of the block that {@link #blockFor} returned for it. */
    void write(Payload payload, Block block) {
        if (block.memory() instanceof Sharing sharing) {
            sharing.lay(payload);
        } else {
            payload.writeTo(block.memory());
        }
    }

    void close() {
        open.close();
    }

    /** The memory of a block that shares a payload's pieces: room before them, the pieces, and room after them. */
    private static final class Sharing extends CompositeByteBuf {
        private final ByteBuf behind;

        /**
         * Takes ownership of {@code room}: its first {@code bytesBefore} bytes come before the payload, the rest after
         * it.
         */
        Sharing(ByteBuf room, int bytesBefore) {
            super(UnpooledByteBufAllocator.DEFAULT, true, Integer.MAX_VALUE);
            room.writerIndex(room.capacity());
            this.behind = room.slice(bytesBefore, room.capacity() - bytesBefore);
            addComponent(false, room.slice(0, bytesBefore));
        }

        void lay(Payload payload) {
            capacity(writerIndex());
            ((GatheredBytes) payload.bytes()).shareWith(this, payload.start(), payload.bodyBytes());
            addComponent(false, behind.retain());
            payload.writeEndTo(this);
        }
    }
}
