/**
 * The ledger of memory (I7), and the blocks that it pays for. {@link io.streamkeeper.storage.memory.MemoryPlan} divides
 * what the process may use, {@link io.streamkeeper.storage.memory.MemoryLedger} has a {@link
 * io.streamkeeper.storage.memory.Budget} for each kind of work, a {@link io.streamkeeper.storage.memory.Reservation} is
 * the permission to begin some work, and {@link io.streamkeeper.storage.memory.BudgetedBuffers} allocates buffers from
 * it; {@link io.streamkeeper.storage.memory.GatheredBytes} are long bodies, which move to another budget instead of
 * being copied. Any thread may use all these.
 *
 * <p>A {@link io.streamkeeper.storage.memory.Block} is memory that contains runs of many streams; {@link
 * io.streamkeeper.storage.memory.Place} counts how many of its bytes are live. Both are owned by the loop of their
 * shard. {@link io.streamkeeper.storage.memory.ReadBudget} and {@link io.streamkeeper.storage.memory.ReadShare} bound
 * the memory that readers hold.
 */
@NullMarked
package io.streamkeeper.storage.memory;

import org.jspecify.annotations.NullMarked;
