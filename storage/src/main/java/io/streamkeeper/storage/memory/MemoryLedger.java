package io.streamkeeper.storage.memory;

import java.util.List;

/**
 * The one place where the process's memory is counted (I7): a budget for each kind of work that uses memory for the
 * requests of clients, as a {@link MemoryPlan} divides it. Immutable; safe for use by any thread.
 *
 * <p>Each journal counts its shard's part itself: a shard's block is freed when the last of its readers and its
 * checkpoint have released it.
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
    private final Budget listings;
    private final Budget descriptions;
    private final Budget webhooks;

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
        this.listings = heads.share("listings", plan.listingBytes());
        this.descriptions = new Budget("descriptions of streams", plan.descriptionBytes());
        this.webhooks = descriptions.share("webhooks", plan.webhookBytes());
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
     * Lets one body finish that finds no more room in {@link #bodies}: the body that has it never waits for another.
     */
    public Budget completion() {
        return completion;
    }

    /** Bytes that were read from files, until they are sent. */
    public Budget reads() {
        return reads;
    }

    /** Bodies that are being compressed, and the compressed bytes until they are sent. */
    public Budget compression() {
        return compression;
    }

    /** Bytes that were received and wait until a request may begin. */
    public Budget received() {
        return received;
    }

    /** Responses that their clients have not received yet, except those counted as reads or compression. */
    public Budget unsent() {
        return unsent;
    }

    /** Heap: the places of the messages in JSON bodies, until these are stored. */
    public Budget splitting() {
        return splitting;
    }

    /** Heap: heads of unanswered requests, beyond the memory of each connection. */
    public Budget heads() {
        return heads;
    }

    /** Heap, a part of {@link #heads}: pages of listings, until they are sent. */
    public Budget listings() {
        return listings;
    }

    /** Heap: the descriptions of streams, the places of their bytes, and their producers. */
    public Budget descriptions() {
        return descriptions;
    }

    /** Heap, a part of {@link #descriptions}: webhooks that are under way, with their answers. */
    public Budget webhooks() {
        return webhooks;
    }

    /** All budgets, in the order of the plan. */
    public List<Budget> budgets() {
        return List.of(
                bodies,
                completion,
                reads,
                compression,
                received,
                unsent,
                splitting,
                heads,
                listings,
                descriptions,
                webhooks);
    }
}
