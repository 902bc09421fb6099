package io.streamkeeper.storage.memory;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.util.internal.CleanableDirectBuffer;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Allocates direct buffers within a {@link Budget}: their bytes are reserved before the allocation and returned when
 * the memory is freed, which happens at the last release and not at some later garbage collection. The buffers do not
 * grow. Safe for use by any thread.
 */
public final class BudgetedBuffers {
    private final Budget budget;
    private final LongConsumer release;

    /** Buffers of {@code budget}. */
    public BudgetedBuffers(Budget budget) {
        this.budget = budget;
        this.release = budget::release;
    }

    /** The budget of the buffers. */
    Budget budget() {
        return budget;
    }

    /** A buffer, owned by the caller, or null if it does not fit. */
    public @Nullable ByteBuf tryAllocate(int bytes) {
        return budget.tryReserve(bytes) ? allocateReserved(bytes) : null;
    }

    /**
     * A buffer, owned by the caller, of bytes that are already reserved in the budget. The buffer owns this reservation
     * from now on; it is returned also if the allocation fails.
     */
    public ByteBuf allocateReserved(int bytes) {
        return allocate(bytes, release);
    }

    private static ByteBuf allocate(int bytes, LongConsumer release) {
        try {
            return LeakAware.INSTANCE.watch(
                    PlatformDependent.hasUnsafe() ? new UnsafeBuffer(release, bytes) : new SafeBuffer(release, bytes));
        } catch (RuntimeException | Error e) {
            release.accept(bytes);
            throw e;
        }
    }

    /**
     * A buffer, owned by the caller, of a part of {@code reservation}.
     *
     * @throws IllegalStateException if less is left of it: the caller has not reserved enough
     */
    public ByteBuf allocate(Reservation reservation, int bytes) {
        if (!reservation.take(bytes)) {
            throw new IllegalStateException("a buffer of " + bytes + " bytes is wanted of a reservation of "
                    + reservation.bytes() + " in the budget of " + budget.name());
        }
        return allocateReserved(bytes);
    }

    /**
     * A buffer, owned by the caller, of a part of {@code standing}, to which its bytes return when it is freed. They
     * are then available for the next buffer of this reservation, and for no other work until the reservation is
     * closed.
     *
     * @throws IllegalStateException if less is left of it
     */
    public ByteBuf lend(Reservation standing, int bytes) {
        if (!standing.take(bytes)) {
            throw new IllegalStateException("a buffer of " + bytes + " bytes is wanted of a standing reservation of "
                    + standing.bytes() + " in the budget of " + budget.name());
        }
        return allocate(bytes, standing::add);
    }

    /**
     * Moves buffers from their budgets to this one: {@code bytes}, their total size, are reserved here and returned
     * there. Returns false and changes nothing if they do not fit, or if some buffer has no budget.
     */
    boolean tryTakeOver(List<ByteBuf> buffers, long bytes) {
        List<Budgeted> found = new ArrayList<>(buffers.size());
        for (ByteBuf buffer : buffers) {
            Budgeted budgeted = budgeted(buffer);
            if (budgeted == null) {
                return false;
            }
            found.add(budgeted);
        }
        if (!budget.tryReserve(bytes)) {
            return false;
        }
        found.forEach(buffer -> buffer.releaseWith(release));
        return true;
    }

    /**
     * The budgeted buffer inside the wrappers of the leak detector, or null if the buffer has no budget or is a part of
     * another buffer.
     */
    private static @Nullable Budgeted budgeted(ByteBuf buffer) {
        ByteBuf inner = buffer;
        while (inner != null && !(inner instanceof Budgeted)) {
            inner = inner.unwrap();
        }
        return inner instanceof Budgeted budgeted && inner.capacity() == buffer.capacity() ? budgeted : null;
    }

    /** A buffer whose bytes are counted in a budget. */
    private interface Budgeted {
        /**
         * Returns its bytes to the budget that counts them, and returns them to {@code newRelease} when it is freed.
         */
        void releaseWith(LongConsumer newRelease);
    }

    /** Memory that is freed explicitly, even if that is expensive: waiting for a garbage collection costs more. */
    private static CleanableDirectBuffer memory(int bytes) {
        return PlatformDependent.allocateDirect(bytes, true);
    }

    private static final class UnsafeBuffer extends UnpooledUnsafeDirectByteBuf implements Budgeted {
        private LongConsumer release;

        UnsafeBuffer(LongConsumer release, int bytes) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes);
            this.release = release;
        }

        @Override
        protected CleanableDirectBuffer allocateDirectBuffer(int capacity) {
            return memory(capacity);
        }

        @Override
        public void releaseWith(LongConsumer newRelease) {
            LongConsumer former = release;
            release = newRelease;
            former.accept(capacity());
        }

        @Override
        protected void deallocate() {
            int bytes = capacity();
            super.deallocate();
            release.accept(bytes);
        }
    }

    private static final class SafeBuffer extends UnpooledDirectByteBuf implements Budgeted {
        private LongConsumer release;

        SafeBuffer(LongConsumer release, int bytes) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes);
            this.release = release;
        }

        @Override
        protected CleanableDirectBuffer allocateDirectBuffer(int capacity) {
            return memory(capacity);
        }

        @Override
        public void releaseWith(LongConsumer newRelease) {
            LongConsumer former = release;
            release = newRelease;
            former.accept(capacity());
        }

        @Override
        protected void deallocate() {
            int bytes = capacity();
            super.deallocate();
            release.accept(bytes);
        }
    }

    /** Gives access to the leak detector, which only allocators can use. */
    private static final class LeakAware extends AbstractByteBufAllocator {
        static final LeakAware INSTANCE = new LeakAware();

        ByteBuf watch(ByteBuf buffer) {
            return toLeakAwareBuffer(buffer);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new UnsupportedOperationException("no buffer is allocated here");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new UnsupportedOperationException("no buffer is allocated here");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
