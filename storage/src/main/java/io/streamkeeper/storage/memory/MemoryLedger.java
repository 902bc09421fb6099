package io.streamkeeper.storage.memory;

import java.util.List;

/**
 * The one place where the process's memory is counted (I7): a budget for each kind of work that takes memory because of
 * what clients ask, as a {@link MemoryPlan} divides it. Immutable; safe for use by any thread.
 *
 * <p>The journals count by themselves, each of its shard's part: a shard's block is freed when the last of its readers
 * and its checkpoint have released it.
 */
public final class MemoryLedger {
    private final MemoryPlan plan;
    private final Budget bodies;
    private final Budget completion;
    private final Budget reads;
    private final Budget compression;
    private final Budget received;
    private final Budget unsent;
    private final Budget splitting;
    private final Budget heads;
    private final Budget descriptions;

    /** The budgets of {@code plan}, with nothing reserved. */
    public MemoryLedger(MemoryPlan plan) {
        this.plan = plan;
        this.bodies = new Budget("bodies", plan.bodyBytes());
        this.completion = new Budget("bodies that finish", plan.completionBytes());
        this.reads = new Budget("reads", plan.readBytes());
        this.compression = new Budget("compression", plan.compressionBytes());
        this.received = new Budget("received bytes", plan.receivedBytes());
        this.unsent = new Budget("unsent answers", plan.unsentBytes());
        this.heads = new Budget("heads of requests", plan.headBytes());
        this.descriptions = new Budget("descriptions of streams", plan.descriptionBytes());
        this.splitting = descriptions.share("splitting of JSON", plan.splittingBytes());
    }

    /** How the memory is divided. */
    public MemoryPlan plan() {
        return plan;
    }

    /** Bodies that come in, until they are stored. */
    public Budget bodies() {
        return bodies;
    }

    /**
     * What lets a body finish that finds no more room among {@link #bodies}: one that has it never waits for another.
     */
    public Budget completion() {
        return completion;
    }

    /** What was read from files, until it is sent. */
    public Budget reads() {
        return reads;
    }

    /** Bodies that are compressed, and what comes of that, until it is sent. */
    public Budget compression() {
        return compression;
    }

    /** Bytes that were received and wait until a request may begin. */
    public Budget received() {
        return received;
    }

    /** Answers that their clients have not taken, those apart that are counted as reads or compression. */
    public Budget unsent() {
        return unsent;
    }

    /** Heap: where the messages of JSON bodies lie, until they are stored. */
    public Budget splitting() {
        return splitting;
    }

    /** Heap: requests that are not answered, beside what each connection has. */
    public Budget heads() {
        return heads;
    }

    /** Heap: what streams are described by, where their bytes lie, and their producers. */
    public Budget descriptions() {
        return descriptions;
    }

    /** All budgets, in the order of the plan. */
    public List<Budget> budgets() {
        return List.of(bodies, completion, reads, compression, received, unsent, splitting, heads, descriptions);
    }
}
