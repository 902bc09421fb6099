package io.streamkeeper.protocol;

import java.util.Arrays;

/** A list of numbers that grows page by page: only the first page is copied. Used by one thread while it grows. */
final class PagedInts {
    private static final int PAGE_SHIFT = 13;
    private static final int PAGE_SIZE = 1 << PAGE_SHIFT;
    private static final int SIZE_AT_FIRST = 4;

    private static final int[][] NO_PAGES = {};

    private int[][] pages = NO_PAGES;
    private int size;

    int size() {
        return size;
    }

    /** The number at {@code index}, 0 … size - 1; not checked. */
    int get(int index) {
        return pages[index >> PAGE_SHIFT][index & (PAGE_SIZE - 1)];
    }

    void add(int number) {
        int page = size >> PAGE_SHIFT;
        int index = size & (PAGE_SIZE - 1);
        if (page == pages.length) {
            pages = Arrays.copyOf(pages, Math.max(1, 2 * pages.length));
        }
        if (index == 0) {
            pages[page] = new int[page == 0 ? SIZE_AT_FIRST : PAGE_SIZE];
        } else if (index == pages[page].length) {
            pages[page] = Arrays.copyOf(pages[page], 2 * index);
        }
        pages[page][index] = number;
        size++;
    }
}
