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
 * Direct buffers of a {@link Budget}: their bytes are reserved before they are allocated and given back when they are
 * freed, which is with their last release and not at some later garbage collection. They do not grow. Safe for use by
 * any thread.
 */
public final class BudgetedBuffers {
    private final Budget budget;
    private final LongConsumer release;

    /** Buffers of {@code budget}. */
    public BudgetedBuffers(Budget budget) {
        this.budget = budget;
        this.release = budget::release;
    }

    /** The budget that the buffers are of. */
    Budget budget() {
        return budget;
    }

    /** A buffer, owned by the caller, or null if it does not fit. */
    public @Nullable ByteBuf tryAllocate(int bytes) {
        return budget.tryReserve(bytes) ? allocateReserved(bytes) : null;
    }

    /**
     * A buffer, owned by the caller, of bytes that are reserved in the budget already: they are the buffer's from now
     * on, and given back also when it cannot be allocated.
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
     * @throws IllegalStateException if less is left of it: what is allocated was not reserved
     */
    public ByteBuf allocate(Reservation reservation, int bytes) {
        if (!reservation.take(bytes)) {
            throw new IllegalStateException("a buffer of " + bytes + " bytes is wanted of a reservation of "
                    + reservation.bytes() + " in the budget of " + budget.name());
        }
        return allocateReserved(bytes);
    }

    /**
     * A buffer, owned by the caller, of a part of {@code standing}, to which its bytes return when it is freed: there
     * they are for the next buffer, and nobody else gets them before the reservation is closed.
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
     * Takes buffers over from the budgets that they are of: {@code bytes}, which they have together, are reserved in
     * this one, and given back there. Returns false, having changed nothing, where they do not fit, or are not all of a
     * budget.
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

    /** The buffer within what watches for leaks, or null if it is none of a budget, or a part of one. */
    private static @Nullable Budgeted budgeted(ByteBuf buffer) {
        ByteBuf inner = buffer;
        while (inner != null && !(inner instanceof Budgeted)) {
            inner = inner.unwrap();
        }
        return inner instanceof Budgeted budgeted && inner.capacity() == buffer.capacity() ? budgeted : null;
    }

    /** A buffer whose bytes are counted in a budget. */
    private interface Budgeted {
        /** Gives its bytes back where they are counted, and from now on counts them with {@code newRelease}. */
        void releaseWith(LongConsumer newRelease);
    }

    /** Frees its memory itself even where that is dear: waiting for a collection is dearer. */
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

    /** Gives access to the leak detector, which allocators have. */
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
