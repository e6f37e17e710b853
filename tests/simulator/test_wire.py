"""The server under the API: connections kept, bodies in chunks, and an end that is an end."""

import http.client
import threading

import pytest

from simulator.wire import NO_ANSWER, Response, Server, answer


@pytest.fixture
def server():
    def application(request):
        if request.path == "/silent":
            return Response(cut_at=NO_ANSWER)
        if request.path == "/broken":
            raise RuntimeError
        return answer({"path": request.path, "query": request.query, "size": len(request.body)})

    running = Server(("127.0.0.1", 0), application)
    yield running
    running.close()


@pytest.fixture
def connection(server):
    opened = http.client.HTTPConnection(*server.server_address, timeout=5)
    yield opened
    opened.close()


def test_a_connection_serves_many_requests(connection):
    for number in range(3):
        connection.request("POST", f"/a%20b?n={number}", body=b"x" * number)
        with connection.getresponse() as got:
            expected = b'{"path":"/a b","query":{"n":["%d"]},"size":%d}' % (number, number)
            assert got.read() == expected
        if number == 0:
            kept = connection.sock
    assert connection.sock is kept


def test_a_body_may_come_in_chunks(connection):
    connection.request("POST", "/", body=iter([b"abc", b"defg"]), encode_chunked=True)
    with connection.getresponse() as got:
        assert b'"size":7' in got.read()
    connection.request("GET", "/next")
    with connection.getresponse() as got:
        assert b"/next" in got.read()


def test_a_head_has_no_body(connection):
    connection.request("HEAD", "/")
    with connection.getresponse() as got:
        assert int(got.headers["Content-Length"]) > 0
        assert got.read() == b""


def test_no_answer_is_none_at_all(connection):
    connection.request("GET", "/silent")
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()


def test_a_mistake_of_ours_is_a_500(connection):
    connection.request("GET", "/broken")
    with connection.getresponse() as got:
        assert got.status == 500


@pytest.mark.parametrize("length", ["-1", "x", str(10**12)])
def test_senseless_lengths_are_refused(connection, length):
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", length)
    connection.endheaders()
    with connection.getresponse() as got:
        assert got.status == 413


def test_closing_leaves_no_thread_behind():
    before = threading.active_count()
    running = Server(("127.0.0.1", 0), lambda _: Response(204))
    idle = http.client.HTTPConnection(*running.server_address, timeout=5)
    idle.request("GET", "/")
    idle.getresponse().close()
    running.close()
    idle.close()
    assert threading.active_count() == before
