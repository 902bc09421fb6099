package io.streamkeeper.storage.memory;

import io.netty.buffer.ByteBuf;
import io.streamkeeper.storage.disk.StorageFullException;
import java.util.function.IntFunction;

/** Allocates room in memory, block after block. Owned by the shard's loop. */
public final class OpenBlock {
    /** Bytes of a block that many runs share. */
    public static final int BLOCK_BYTES = 1 << 20;

    /** Runs of at least this size get their own block, so that a shared block wastes at most a quarter. */
    public static final int OWN_BLOCK_BYTES_MIN = BLOCK_BYTES / 4;

    private final IntFunction<ByteBuf> memory;
    private Block shared = Block.NONE;
    private Block own = Block.NONE;

    /** Allocates blocks with {@code memory}, which throws if no memory is left. */
    public OpenBlock(IntFunction<ByteBuf> memory) {
        this.memory = memory;
    }

    /**
     * A block with room for {@code bytes}, to be written and entered before the next call.
     *
     * @throws StorageFullException if there is none
     */
    public Block blockFor(int bytes) {
        own.finish();
        own = Block.NONE;
        if (bytes == 0) {
            return Block.NONE;
        }
        if (bytes >= OWN_BLOCK_BYTES_MIN) {
            own = new Block(memory.apply(bytes));
            return own;
        }
        if (shared.memory().writableBytes() < bytes) {
            Block next = new Block(memory.apply(BLOCK_BYTES));
            shared.finish();
            shared = next;
        }
        return shared;
    }

    /** A block of {@code filled}, to be entered before the next call; takes ownership of {@code filled}. */
    public Block blockOf(ByteBuf filled) {
        own.finish();
        own = new Block(filled);
        return own;
    }

    public void close() {
        shared.finish();
        own.finish();
        shared = Block.NONE;
        own = Block.NONE;
    }
}
