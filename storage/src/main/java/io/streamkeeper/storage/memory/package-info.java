/**
 * The ledger of memory (I7). {@link io.streamkeeper.storage.memory.MemoryPlan} divides what the process may use,
 * {@link io.streamkeeper.storage.memory.MemoryLedger} has a {@link io.streamkeeper.storage.memory.Budget} for each kind of
 * work, a {@link io.streamkeeper.storage.memory.Reservation} is the permission to begin some, and
 * {@link io.streamkeeper.storage.memory.BudgetedBuffers} are what may be allocated of it. All may be used by any thread.
 */
@NullMarked
package io.streamkeeper.storage.memory;

import org.jspecify.annotations.NullMarked;
