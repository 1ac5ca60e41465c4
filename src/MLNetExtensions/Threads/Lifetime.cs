namespace MLVision.MLNetExtensions.Threads;

/// <summary>Counts the users of an object, so that it ends after the last of them has left and never before.</summary>
/// <param name="end">Called once, after the owner has closed and the last user has left.</param>
internal sealed class Lifetime(Action end)
{
    // The owner counts as a user until it closes.
    private int _users = 1;
    private int _isClosed;

    /// <summary>Adds a user; false if the owner has closed.</summary>
    public bool TryEnter()
    {
        if (Volatile.Read(ref _isClosed) != 0)
        {
            return false;
        }

        var users = Volatile.Read(ref _users);
        while (users > 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Removes a user; call it once for every successful <see cref="TryEnter"/>.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            end();
        }
    }

    /// <summary>Refuses new users; does not wait for the present ones. May be called more than once.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            Leave();
        }
    }
}
