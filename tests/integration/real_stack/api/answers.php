<?php

// The envelope. Slashes and letters beyond ASCII are escaped, because json_encode does so.

function send(int $status, array $envelope): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode($envelope);
    exit;
}

function answer(mixed $data): never
{
    send(200, ['success' => true, 'message' => '', 'data' => $data]);
}

function refuse(int $status, string $message): never
{
    send($status, ['success' => false, 'message' => $message, 'data' => []]);
}

function integer(string $name, int $default, int $least, int $most): int
{
    if (!isset($_GET[$name])) {
        return $default;
    }
    $value = filter_var($_GET[$name], FILTER_VALIDATE_INT);
    if ($value === false) {
        refuse(400, "Parameter $name must be an integer");
    }
    if ($value < $least || $value > $most) {
        refuse(422, "Parameter $name is out of range");
    }
    return $value;
}
