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
 * The blocks that a journal lays records into. A payload is copied into one, unless it is long and lies in pieces of
 * memory of its own: then a block is made of these, with what comes before and after them, and nothing is copied
 * however long it is. Owned by the shard's loop.
 */
final class RecordBlocks {
    private final MemoryBudget budget;
    private final IntFunction<ByteBuf> memory;
    private final OpenBlock open;

    /** Blocks of {@code memory}, which throws where there is none left, and is counted in {@code budget}. */
    RecordBlocks(MemoryBudget budget, IntFunction<ByteBuf> memory) {
        this.budget = budget;
        this.memory = memory;
        this.open = new OpenBlock(memory);
    }

    /**
     * A block for a payload, to be written with {@link #write} and entered before the next call.
     *
     * @param bytesBefore what is written before the payload at most
     * @param bytesBehind what is written after it at most
     */
    Block blockFor(Payload payload, int bytesBefore, int bytesBehind) {
        if (payload.bytes() instanceof GatheredBytes gathered
                && budget.tryTakeOver(gathered, payload.start(), payload.bodyBytes())) {
            return open.blockOf(new Sharing(memory.apply(bytesBefore + endBytes(payload) + bytesBehind), bytesBefore));
        }
        return open.blockFor(bytesBefore + payload.storedBytes() + bytesBehind);
    }

    private static int endBytes(Payload payload) {
        return payload.storedBytes() - payload.bodyBytes();
    }

    /** Writes a payload at the writer index of the block that was given for it. */
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
         * Takes over {@code room}, of which {@code bytesBefore} are for before the payload, and the rest for after it.
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
