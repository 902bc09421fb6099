package io.streamkeeper.storage;

/**
 * A journal that keeps payloads in memory blocks and no log: durability {@code memory}. A record is as durable as it
 * will be when it is staged. Owned by the shard's loop.
 */
public final class MemoryJournal implements Journal {
    private final OpenBlock open;
    private long lsn;

    public MemoryJournal(MemoryBudget budget) {
        this.open = new OpenBlock(budget::allocate);
    }

    @Override
    public void listen(Listener listener) {
        // Every record is durable before stage returns: there is nothing to tell later.
    }

    @Override
    public Staged stage(LogRecord record, Payload payload) {
        Block block = open.blockFor(payload.storedBytes());
        int position = block.memory().writerIndex();
        payload.writeTo(block.memory());
        return new Staged(++lsn, block, position);
    }

    @Override
    public long durableLsn() {
        return lsn;
    }

    @Override
    public void close() {
        open.close();
    }
}
