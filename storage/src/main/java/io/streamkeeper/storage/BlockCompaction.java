package io.streamkeeper.storage;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Empties blocks of which little is left alive, so that they can be freed: what a stream still has there is copied into
 * other memory. Without it one small stream would keep a whole block. Owned by the shard's loop, which takes it in steps.
 *
 * <p>A block is emptied when less than a quarter of it is alive, so a byte that stays is copied a third of the times that
 * a byte goes.
 */
final class BlockCompaction {
    /** Streams looked at in one step, so that a step stays short. */
    static final int STEP_MAX = 1_000;

    private final MemoryExtents extents;
    private final Deque<Block> candidates = new ArrayDeque<>();
    private @Nullable Block emptied;
    private int nextTenant;

    BlockCompaction(MemoryExtents extents) {
        this.extents = extents;
    }

    /** A stream has left a block, which may be worth emptying by now, or when it is full. */
    void left(Block block) {
        if (block.beginCandidacy()) {
            candidates.add(block);
        }
    }

    /** Copies on; a bounded step, to be called now and then. Where there is no room it waits until there is. */
    void step() {
        if (emptied == null) {
            emptied = next();
        }
        if (emptied == null) {
            return;
        }
        int end = Math.min(emptied.tenants().size(), nextTenant + STEP_MAX);
        try {
            while (nextTenant < end) {
                emptied.tenants().get(nextTenant).move(emptied, extents);
                nextTenant++;
            }
        } catch (StorageFullException e) {
            return;
        }
        if (end == emptied.tenants().size()) {
            emptied = null;
            nextTenant = 0;
        }
    }

    /** The next block that is worth it; those that are still written stay candidates. */
    private @Nullable Block next() {
        for (int looks = candidates.size(); looks > 0; looks--) {
            Block block = candidates.remove();
            if (!block.isFull()) {
                candidates.add(block);
            } else if (block.endCandidacy()) {
                return block;
            }
        }
        return null;
    }
}
