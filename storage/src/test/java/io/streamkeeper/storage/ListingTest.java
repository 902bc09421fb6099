package io.streamkeeper.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListedStream;
import io.streamkeeper.storage.shard.ListedPage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shard lists: the streams that readers see, in order. */
class ListingTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    private List<String> names(ListQuery query, int itemsMax) {
        List<String> names = new ArrayList<>();
        String from = null;
        do {
            ListedPage page = test.store.list(query, from, itemsMax, path -> true);
            assertThat(page.items()).hasSizeLessThanOrEqualTo(itemsMax);
            page.items().forEach(item -> names.add(item.name()));
            from = page.from();
        } while (from != null);
        return names;
    }

    private List<String> names() {
        return names(new ListQuery("", null, 1, false), 10);
    }

    private void create(String... paths) {
        for (String path : paths) {
            test.created(path);
        }
    }

    @Test
    void aStreamIsListedOnceItsCreationIsDurable() {
        test.create("a");
        assertThat(names()).isEmpty();

        test.journal.sync();
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aVisitLooksAtTheStreamsBelowItsPrefixOnly() {
        create("a", "b", "b/1", "b/2", "c");
        List<String> seen = new ArrayList<>();
        String from = test.store.visitBelow("b", "b", 2, stream -> seen.add(stream.pathText()));
        assertThat(from).isEqualTo("b/2");
        assertThat(test.store.visitBelow("b", from, 2, stream -> seen.add(stream.pathText())))
                .isNull();
        assertThat(seen).containsExactly("b", "b/1", "b/2");

        test.store.visit("", 10, stream -> seen.add(stream.pathText()));
        assertThat(seen).hasSize(8);
    }

    @Test
    void aStreamIsListedUntilItsDeletionIsDurable() {
        create("a");
        test.delete("a");
        assertThat(names()).containsExactly("a");

        test.journal.sync();
        assertThat(names()).isEmpty();
    }

    @Test
    void aStreamThatReplacesAnotherIsListedInItsPlace() {
        create("a");
        long before = listed("a").info().incarnation();
        test.delete("a");
        test.create("a");
        assertThat(listed("a").info().incarnation()).isEqualTo(before);

        test.journal.sync();
        assertThat(names()).containsExactly("a");
        assertThat(listed("a").info().incarnation()).isNotEqualTo(before);
    }

    private ListedStream listed(String path) {
        return test.store.list(new ListQuery(path, null, 1, false), null, 1, any -> true).items().get(0).stream();
    }

    @Test
    void anExpiredStreamIsNotListedEvenIfItsExpiryIsNotLogged() {
        test.created(CreateRequest.at("a").expiry(new Expiry.Ttl(10)));
        test.clock.advance(9_999);
        assertThat(names()).containsExactly("a");

        test.clock.advance(1);
        assertThat(names()).isEmpty();
    }

    @Test
    void aListingIsNoUseOfAStream() {
        test.created(CreateRequest.at("a").expiry(new Expiry.Ttl(10)));
        for (int i = 0; i < 10; i++) {
            test.clock.advance(1_000);
            names();
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void aStreamThatForksKeepIsNotListedOnceItIsDeleted() {
        test.created("a");
        test.created(CreateRequest.at("b").forkOf("a", null));
        test.deleted("a");

        assertThat(names()).containsExactly("b");
    }

    @Test
    void anEntryHasWhatReadersSee() {
        test.created(CreateRequest.at("a"));
        test.appended("a", "12345");
        test.append("a", "678");

        ListedStream listed = listed("a");
        assertThat(listed.bytes()).isEqualTo(5);
        assertThat(listed.info()).isEqualTo(test.open("a").info());
        assertThat(listed.createdMillis()).isEqualTo(test.clock.nowMillis());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void thePrefixAndTheCursorBoundIt(int itemsMax) {
        create("a", "b", "b/1", "b/2", "ba", "c");

        assertThat(names(new ListQuery("b", null, 1, false), itemsMax)).containsExactly("b", "b/1", "b/2", "ba");
        assertThat(names(new ListQuery("b/", null, 1, false), itemsMax)).containsExactly("b/1", "b/2");
        assertThat(names(new ListQuery("", "b/1", 1, false), itemsMax)).containsExactly("b/2", "ba", "c");
        assertThat(names(new ListQuery("b/", "a", 1, false), itemsMax)).containsExactly("b/1", "b/2");
        assertThat(names(new ListQuery("b/", "c", 1, false), itemsMax)).isEmpty();
        assertThat(names(new ListQuery("x", null, 1, false), itemsMax)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    void groupsStandForAllStreamsBelowThem(int itemsMax) {
        create("a", "b", "b/1", "b/2/x", "b/2/y", "b-", "ba", "c/1");

        assertThat(names(new ListQuery("", null, 1, true), itemsMax)).containsExactly("a", "b", "b-", "b/", "ba", "c/");
        assertThat(names(new ListQuery("b/", null, 1, true), itemsMax)).containsExactly("b/1", "b/2/");
        assertThat(names(new ListQuery("b", null, 1, true), itemsMax)).containsExactly("b", "b-", "b/", "ba");
        assertThat(names(new ListQuery("", "b/", 1, true), itemsMax)).containsExactly("ba", "c/");
        assertThat(names(new ListQuery("", "b/1", 1, true), itemsMax)).containsExactly("ba", "c/");
        assertThat(names(new ListQuery("b/", "b/1", 1, true), itemsMax)).containsExactly("b/2/");
    }

    @Test
    void aStepLooksAtABoundedNumberOfStreams() {
        for (int i = 0; i < 2_500; i++) {
            test.create("s/" + (10_000 + i));
        }
        test.create("t");
        test.journal.sync();
        List<String> looked = new ArrayList<>();
        ListedPage page = test.store.list(new ListQuery("", null, 1, false), null, 10, path -> !looked.add(path));

        assertThat(page.items()).isEmpty();
        assertThat(looked).hasSize(1_000);
        assertThat(page.from()).isEqualTo("s/11000");
    }

    @Test
    void aGroupCostsOneLook() {
        for (int i = 0; i < 2_500; i++) {
            test.create("s/" + i);
        }
        test.create("t");
        test.journal.sync();
        List<String> looked = new ArrayList<>();
        test.store.list(new ListQuery("", null, 1, true), null, 10, looked::add);

        assertThat(looked).containsExactly("s/0", "t");
    }
}
