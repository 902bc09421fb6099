package io.streamkeeper.storage.extent;

import io.streamkeeper.storage.disk.StorageFullException;
import io.streamkeeper.storage.memory.Block;
import io.streamkeeper.storage.memory.OpenBlock;
import io.streamkeeper.storage.stream.StreamContent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Empties blocks with few live bytes, so that they can be freed: the remaining runs are copied into other memory.
 * Without it, one small stream would keep a whole block. Owned by the shard's loop, which runs it in steps.
 *
 * <p>A block is emptied when less than a quarter of it is live, so at most one byte is copied for every three bytes
 * released.
 */
public final class BlockCompaction {
    /** The most streams that one step processes, so that it stays short. */
    static final int STEP_MAX = 1_000;

    private final OpenBlock open;

    /** For each block that has live bytes, or had some at its last check: the streams that have or had runs there. */
    private final Map<Block, List<StreamContent>> referrers = new HashMap<>();

    private final Deque<Block> candidates = new ArrayDeque<>();
    private @Nullable Block emptied;
    private List<StreamContent> emptiedReferrers = List.of();
    private int nextReferrer;

    /** Copies into blocks of {@code open}. */
    public BlockCompaction(OpenBlock open) {
        this.open = open;
    }

    /** A stream has begun to use a block other than that of its previous run, if it had one. */
    public void entered(StreamContent content, Block block) {
        referrers.computeIfAbsent(block, key -> new ArrayList<>(1)).add(content);
    }

    /** A run has left a block, which may be worth emptying, now or when it is full. */
    public void released(Block block) {
        if (block.beginCandidacy()) {
            candidates.add(block);
        } else if (block.isFull() && block.liveBytes() == 0) {
            referrers.remove(block);
        }
    }

    /** Continues copying; a bounded step, to be called regularly. If no room is left, a later step tries again. */
    public void step() {
        Block block = emptied;
        if (block == null) {
            block = next();
            if (block == null) {
                return;
            }
            emptied = block;
            emptiedReferrers = referrers.getOrDefault(block, List.of());
        }
        int end = Math.min(emptiedReferrers.size(), nextReferrer + STEP_MAX);
        try {
            while (nextReferrer < end) {
                move(emptiedReferrers.get(nextReferrer), block);
                nextReferrer++;
            }
        } catch (StorageFullException e) {
            return;
        }
        if (end == emptiedReferrers.size()) {
            referrers.remove(block);
            emptied = null;
            emptiedReferrers = List.of();
            nextReferrer = 0;
        }
    }

    /** The next block that is worth emptying; blocks that are still being written stay candidates. */
    private @Nullable Block next() {
        for (int looks = candidates.size(); looks > 0; looks--) {
            Block block = candidates.remove();
            if (!block.isFull()) {
                candidates.add(block);
            } else if (block.endCandidacy()) {
                return block;
            } else if (block.liveBytes() == 0) {
                referrers.remove(block);
            }
        }
        return null;
    }

    private void move(StreamContent content, Block from) {
        List<Block> entered = new ArrayList<>(1);
        try {
            content.move(from, (block, index, bytes) -> copy(block, index, bytes, entered));
        } finally {
            entered.forEach(block -> entered(content, block));
        }
    }

    private StreamContent.Location copy(Block from, int index, int bytes, List<Block> entered) {
        Block block = open.blockFor(bytes);
        if (!entered.contains(block)) {
            entered.add(block);
        }
        int place = block.memory().writerIndex();
        block.memory().writeBytes(from.memory(), index, bytes);
        return new StreamContent.Location(block, place);
    }
}
