namespace MLVision.MLNetExtensions.Threads;

/// <summary>Counts the users of something, so that it ends after the last of them and never under one.</summary>
/// <param name="end">Called once, when the owner has closed and the last user has left.</param>
internal sealed class Lifetime(Action end)
{
    // The owner counts as a user until it closes.
    private int _users = 1;
    private int _isClosed;

    /// <summary>Becomes a user; false where the end has come or the owner has closed.</summary>
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

    /// <summary>Leaves; every successful <see cref="TryEnter"/> has one.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            end();
        }
    }

    /// <summary>Lets no one enter any more; does not wait for those inside. Once or more often.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            Leave();
        }
    }
}
