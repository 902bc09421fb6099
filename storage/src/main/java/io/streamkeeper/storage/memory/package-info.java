/**
 * The ledger of memory (I7), and the blocks that it pays for. {@link io.streamkeeper.storage.memory.MemoryPlan} divides
 * what the process may use, {@link io.streamkeeper.storage.memory.MemoryLedger} has a {@link
 * io.streamkeeper.storage.memory.Budget} for each kind of work, a {@link io.streamkeeper.storage.memory.Reservation} is
 * the permission to begin some, and {@link io.streamkeeper.storage.memory.BudgetedBuffers} are what may be allocated of
 * it; {@link io.streamkeeper.storage.memory.GatheredBytes} are long bodies, which change budgets in place of a copy.
 * All these may be used by any thread.
 *
 * <p>A {@link io.streamkeeper.storage.memory.Block} is memory that runs of many streams lie in; {@link
 * io.streamkeeper.storage.memory.Place} counts how much of it is alive. Both are owned by the loop of their shard.
 * {@link io.streamkeeper.storage.memory.ReadBudget} and {@link io.streamkeeper.storage.memory.ReadShare} are what
 * readers hold.
 */
@NullMarked
package io.streamkeeper.storage.memory;

import org.jspecify.annotations.NullMarked;
