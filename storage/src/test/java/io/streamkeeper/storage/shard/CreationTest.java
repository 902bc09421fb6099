package io.streamkeeper.storage.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamkeeper.protocol.ContentType;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Expiry;
import io.streamkeeper.protocol.Offset;
import io.streamkeeper.storage.Answer;
import io.streamkeeper.storage.AppendRequest;
import io.streamkeeper.storage.CreateRequest;
import io.streamkeeper.storage.TestStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rules of creating and of creating again (sections 4.2 and 5.1). */
class CreationTest {
    private final TestStore test = new TestStore();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aStreamIsCreatedAsDescribed() {
        var info =
                test.created(CreateRequest.at("a").json().ttl(60).text("[1, 2]").closed()).stream();
        assertThat(info.contentType()).isEqualTo(ContentType.JSON);
        assertThat(info.expiry()).isEqualTo(new Expiry.Ttl(60));
        assertThat(info.closed()).isTrue();
        assertThat(info.tail().position()).isEqualTo(4);
        assertThat(test.text("a")).isEqualTo("1,2,");
    }

    @Test
    void withoutATypeItIsAStreamOfBytes() {
        assertThat(test.created("a").stream().contentType()).isEqualTo(ContentType.OCTET_STREAM);
        assertThat(test.created(CreateRequest.at("a").type(ContentType.OCTET_STREAM))
                        .existed())
                .isTrue();
    }

    @Test
    void creatingAgainTellsTheStreamAsItIsAndKeepsItsContent() {
        test.created(CreateRequest.at("a").text("x"));
        Offset tail = test.appended("a", "y");
        var again = test.created(CreateRequest.at("a").text("other"));
        assertThat(again.existed()).isTrue();
        assertThat(again.stream().tail()).isEqualTo(tail);
        assertThat(test.text("a")).isEqualTo("xy");
    }

    @Test
    void creatingAgainWithAnotherDescriptionIsRefusedWithWhatDiffers() {
        test.created(CreateRequest.at("a").json().ttl(60));
        assertThat(refusal(CreateRequest.at("a").ttl(60))).contains("content type: it is \"application/json\"");
        assertThat(refusal(CreateRequest.at("a").json().ttl(61))).endsWith("another expiry");
        assertThat(refusal(CreateRequest.at("a").json())).endsWith("another expiry");
        assertThat(refusal(CreateRequest.at("a").json().expiry(new Expiry.At(1))))
                .endsWith("another expiry");
        assertThat(refusal(CreateRequest.at("a").json().ttl(60).closed())).endsWith("state: it is open");
        test.created("s");
        assertThat(refusal(CreateRequest.at("a").json().ttl(60).forkOf("s", null)))
                .endsWith("fork origin");
        assertThat(test.created(CreateRequest.at("a").json().ttl(60)).existed()).isTrue();
    }

    @Test
    void aClosedStreamIsComparedAsItIsNow() {
        test.created("a");
        test.appended(AppendRequest.to("a").close());
        assertThat(refusal(CreateRequest.at("a"))).endsWith("state: it is closed");
        assertThat(test.created(CreateRequest.at("a").closed()).existed()).isTrue();
    }

    @Test
    void aBrokenJsonBodyCreatesNothing() {
        assertThat(test.create(CreateRequest.at("a").json().text("[1")).code()).isEqualTo(ErrorCode.INVALID_JSON);
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void anEmptyArrayCreatesAnEmptyStream() {
        assertThat(test.created(CreateRequest.at("a").json().text("[]")).stream()
                        .tail()
                        .position())
                .isZero();
    }

    @Test
    void aForkInheritsTypeAndExpiry() {
        test.created(CreateRequest.at("a").json().ttl(60));
        var fork = test.created(CreateRequest.at("f").forkOf("a", null)).stream();
        assertThat(fork.contentType()).isEqualTo(ContentType.JSON);
        assertThat(fork.expiry()).isEqualTo(new Expiry.Ttl(60));
        var own = test.created(CreateRequest.at("g").forkOf("a", null).ttl(5)).stream();
        assertThat(own.expiry()).isEqualTo(new Expiry.Ttl(5));
    }

    @Test
    void aForkOfAnotherTypeIsRefusedAndNotCounted() {
        test.created("a");
        assertThat(test.create(CreateRequest.at("f").json().forkOf("a", null)).code())
                .isEqualTo(ErrorCode.CONTENT_TYPE_MISMATCH);
        test.deleted("a");
        assertThat(test.store.streamCount()).isZero();
    }

    @Test
    void aForkIsRecognisedAgainHoweverItNamesItsPlace() {
        Offset place = test.created(CreateRequest.at("a").text("xy")).stream().tail();
        test.created(CreateRequest.at("f").forkOf("a", null));
        test.appended("a", "z");
        assertThat(test.created(CreateRequest.at("f").forkOf("a", null)).existed())
                .isTrue();
        assertThat(test.created(CreateRequest.at("f").forkOf("a", place)).existed())
                .isTrue();
        Offset other = new Offset(place.generation(), 1);
        assertThat(refusal(CreateRequest.at("f").forkOf("a", other))).endsWith("fork origin");
        assertThat(refusal(CreateRequest.at("f").forkOf("a", other, 1))).endsWith("fork origin");
        assertThat(refusal(CreateRequest.at("f").forkOf("b", null))).endsWith("fork origin");
        assertThat(refusal(CreateRequest.at("f"))).endsWith("fork origin");
    }

    @Test
    void aPathThatForksHoldIsNotFree() {
        test.created("a");
        test.created(CreateRequest.at("f").forkOf("a", null));
        test.deleted("a");
        assertThat(refusal(CreateRequest.at("a"))).contains("forks still hold its path");
        assertThat(test.append("a", "x").code()).isEqualTo(ErrorCode.STREAM_DELETED);
        assertThat(test.delete("a").code()).isEqualTo(ErrorCode.STREAM_DELETED);
        assertThat(test.absence("a")).isEqualTo(ErrorCode.STREAM_DELETED);
        assertThat(test.create(CreateRequest.at("g").forkOf("a", null)).code()).isEqualTo(ErrorCode.SOURCE_DELETED);
        test.deleted("f");
        assertThat(test.created("a").existed()).isFalse();
    }

    private String refusal(CreateRequest request) {
        Answer answer = test.create(request);
        assertThat(answer.code()).isEqualTo(ErrorCode.STREAM_EXISTS);
        return answer.refusal().message();
    }
}
